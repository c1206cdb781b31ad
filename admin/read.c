/* What a request to the admin endpoint brings along: query, form, JSON; strictly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "admin/call.h"

bool
call_read_query(struct admin_call *c, struct form *ret)
{
	if (form_read(c->query, &c->arena, ret))
		return true;
	call_problem(c, PROBLEM_QUERY, "A name stands twice, or an escape is malformed.");
	return false;
}

/* The type without its parameters. */
static bool
is_of_type(const struct admin_call *c, struct span type)
{
	struct span given = c->content_type;

	given.len = span_find(given, ';');
	return span_eq_nocase(span_trim(given), type);
}

bool
call_read_form(struct admin_call *c, struct form *ret)
{
	if (!is_of_type(c, SPAN("application/x-www-form-urlencoded"))) {
		call_problem(c, PROBLEM_CONTENT_TYPE,
		             "A form is sent as application/x-www-form-urlencoded.");
		return false;
	}
	if (form_read(buf_span(&c->body), &c->arena, ret))
		return true;
	call_problem(c, PROBLEM_BODY, "A field stands twice, or its text is not UTF-8.");
	return false;
}

static bool
is_known(const char *key, const char *const *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(key, members[i]) == 0)
			return true;
	}
	return false;
}

/* A member that is not known is no harmless extra: it may say what somebody relies on. */
static bool
has_only(struct admin_call *c, json_t *object, const char *const *members, size_t count)
{
	struct buf text = BUF_INIT(1024);
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (is_known(key, members, count))
			continue;
		buf_addf(&text, "The body has a member that is not known here; known are:");
		for (size_t i = 0; i < count; i++)
			buf_addf(&text, "%s %s", i ? "," : "", members[i]);
		call_problem(c, PROBLEM_BODY, buf_cstr(&text));
		buf_clear(&text);
		return false;
	}
	return true;
}

json_t *
call_read_json(struct admin_call *c, const char *const *members, size_t count)
{
	json_error_t error;
	json_t *object;
	char text[200];

	if (!is_of_type(c, SPAN("application/json"))) {
		call_problem(c, PROBLEM_CONTENT_TYPE, "The body is sent as application/json.");
		return NULL;
	}
	object = json_loadb(c->body.ptr ? c->body.ptr : "", c->body.len, JSON_REJECT_DUPLICATES,
	                    &error);
	if (!object) {
		snprintf(text, sizeof(text), "%s: line %d, column %d.",
		         json_error_code(&error) == json_error_duplicate_key
		                 ? "The body has a member that stands twice"
		                 : "The body is not JSON",
		         error.line, error.column);
		call_problem(c, PROBLEM_BODY, text);
		return NULL;
	}
	if (!json_is_object(object)) {
		json_decref(object);
		call_problem(c, PROBLEM_BODY, "The body is not a JSON object.");
		return NULL;
	}
	if (!has_only(c, object, members, count)) {
		json_decref(object);
		return NULL;
	}
	return object;
}
