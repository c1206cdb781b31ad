/* Requests as JSON lines, each explained on a line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/explain_batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cases.h"
#include "app/explained.h"

static struct span
text_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value)
	               ? span_of(json_string_value(value), json_string_length(value))
	               : SPAN_NONE;
}

static bool
is_one_of(const char *key, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(key, words[i]) == 0)
			return true;
	}
	return false;
}

static bool
read_fields(const json_t *list, struct arena *arena, struct trial_request *r)
{
	struct trial_field *fields = arena_new(arena, json_array_size(list) * sizeof(*fields));
	const json_t *pair;
	size_t i;

	json_array_foreach (list, i, pair) {
		const json_t *name = json_array_get(pair, 0), *value = json_array_get(pair, 1);

		if (!json_is_string(name) || !json_is_string(value))
			return false;
		fields[i].name = span_of(json_string_value(name), json_string_length(name));
		fields[i].value = span_of(json_string_value(value), json_string_length(value));
	}
	r->fields = fields;
	r->field_count = json_array_size(list);
	return true;
}

static bool
read_groups(const json_t *list, struct arena *arena, struct span **ret)
{
	const json_t *group;
	size_t i;

	*ret = arena_new(arena, json_array_size(list) * sizeof(**ret));
	json_array_foreach (list, i, group) {
		if (!json_is_string(group))
			return false;
		(*ret)[i] = span_of(json_string_value(group), json_string_length(group));
	}
	return true;
}

/* NULL: each member is one that is known, and of the type that it should be. */
static const char *
check_members(json_t *line)
{
	static const char *const lists[] = {"headers", "groups"};
	static const char *const texts[] = {"method", "url", "host", "body",
	                                    "user", "source", "time"};
	const char *key;
	json_t *value;

	json_object_foreach (line, key, value) {
		bool is_list = is_one_of(key, lists, ARRAY_LEN(lists));

		if (!is_list && !is_one_of(key, texts, ARRAY_LEN(texts)))
			return "a member is none of method, url, host, headers, body, user, "
			       "groups, source and time";
		if (is_list && !json_is_array(value))
			return "headers and groups are lists";
		if (!is_list && !json_is_string(value))
			return "method, url, host, body, user, source and time are strings";
	}
	return NULL;
}

/* NULL: it was read; else what is wrong. */
static const char *
read_line(const json_t *line, const struct config *config, struct arena *arena,
          struct trial_request *r)
{
	struct span time = text_at(line, "time"), source = text_at(line, "source"), *groups;
	const json_t *names = json_object_get(line, "groups");

	*r = (struct trial_request){
		.method = text_at(line, "method"),
		.url = text_at(line, "url"),
		.host = text_at(line, "host"),
		.body = text_at(line, "body"),
		.has_body = json_object_get(line, "body") != NULL,
		.now = clock_wall(),
	};
	if (!r->method.len || !r->url.len)
		return "method and url are needed";
	if (time.len && !wall_read(time, &r->now))
		return "time is not as 2026-11-22T08:00:00Z";
	if (!source_read(source.len ? source : SPAN("127.0.0.1"), &r->source))
		return "source is no address";
	if (!read_fields(json_object_get(line, "headers"), arena, r))
		return "headers is a list of [name, value]";
	if (!read_groups(names, arena, &groups))
		return "groups is a list of names";
	if (names && text_at(line, "user").len)
		r->requester = (struct person){text_at(line, "user"), groups,
		                               json_array_size(names), IDENTITY_TOKEN};
	else if (text_at(line, "user").len &&
	         !cases_find_person(config, text_at(line, "user"), &r->requester))
		return "no token of identity.tokens names the user, and groups are not said";
	return NULL;
}

static json_t *
explain_line(const struct config *config, bool shows_rules, struct span text, bool *is_wrong)
{
	struct arena arena = {0};
	struct trial_request r;
	struct trial t;
	json_error_t error;
	json_t *line = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	                          &error);
	const char *wrong = json_is_object(line) ? check_members(line) : "not a JSON object";
	json_t *all;

	if (!wrong)
		wrong = read_line(line, config, &arena, &r);
	if (wrong) {
		*is_wrong = true;
		all = json_pack("{s:s}", "error", wrong);
	} else {
		trial_run(&t, config, &r);
		all = explained_json(&t, shows_rules);
		trial_clear(&t);
	}
	json_decref(line);
	arena_clear(&arena);
	return all;
}

bool
explain_batch(const struct config *config, bool shows_rules)
{
	char *line = NULL;
	size_t room = 0;
	bool is_wrong = false;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0) {
		json_t *all = explain_line(config, shows_rules, span_of(line, (size_t)len), &is_wrong);

		json_dumpf(all, stdout, JSON_COMPACT);
		putchar('\n');
		fflush(stdout);
		json_decref(all);
	}
	free(line);
	return !is_wrong;
}
