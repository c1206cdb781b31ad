/* Calls as the audit trail has them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/recorded.h"

enum { URL_MAX = 64 * 1024 };

/* Each call has one of these, and only one. */
static const struct {
	const char *event;
	enum trial_outcome outcome;
} told[] = {
	{"request.allowed", TRIAL_ALLOWED},  {"request.failed", TRIAL_ALLOWED},
	{"request.denied", TRIAL_DENIED},    {"approval.opened", TRIAL_WAITS},
	{"approval.joined", TRIAL_WAITS},
};

static struct span
text_at(const json_t *line, const char *group, const char *key)
{
	const json_t *of = group ? json_object_get(line, group) : line;
	const json_t *value = json_object_get(of, key);

	return value && json_is_string(value)
	               ? span_of(json_string_value(value), json_string_length(value))
	               : SPAN_NONE;
}

static bool
read_outcome(const json_t *line, enum trial_outcome *ret)
{
	struct span event = text_at(line, NULL, "event");

	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		if (!span_eq(event, span_cstr(told[i].event)))
			continue;
		*ret = told[i].outcome;
		return true;
	}
	return false;
}

static void
read_person(const json_t *line, struct arena *arena, struct person *ret)
{
	const json_t *groups = json_object_get(json_object_get(line, "actor"), "groups");
	size_t count = json_array_size(groups);
	struct span *at = arena_new(arena, count * sizeof(*at));
	struct span user = text_at(line, "actor", "id");

	*ret = (struct person){0};
	if (user.len == 0 || span_eq(user, SPAN("anonymous")))
		return;
	for (size_t i = 0; i < count; i++) {
		const json_t *group = json_array_get(groups, i);

		at[i] = span_of(json_string_value(group), json_string_length(group));
	}
	*ret = (struct person){user, at, count, IDENTITY_TOKEN};
}

static struct span
url_of(const json_t *line, struct arena *arena)
{
	struct buf url = BUF_INIT(URL_MAX);
	const json_t *query = json_object_get(json_object_get(line, "req"), "query");
	struct span text;

	buf_add(&url, text_at(line, "req", "path"));
	if (json_is_string(query)) {
		buf_addc(&url, '?');
		buf_add(&url, text_at(line, "req", "query"));
	}
	text = arena_copy(arena, buf_span(&url));
	buf_clear(&url);
	return text;
}

bool
recorded_read(struct recorded_call *ret, const json_t *line, struct arena *arena)
{
	const json_t *bytes = json_object_get(json_object_get(line, "req"), "bytes");
	struct span source = text_at(line, "src", "ip");
	struct trial_request *r = &ret->request;

	*ret = (struct recorded_call){0};
	if (!read_outcome(line, &ret->outcome))
		return false;
	ret->rule = text_at(line, "rule", "name");
	ret->site = text_at(line, NULL, "site");
	/* Of a call that waits, only what is signed is in the trail. */
	ret->has_body = json_integer_value(bytes) > 0 ||
	                (ret->outcome == TRIAL_WAITS && !text_at(line, "req", "body_sha256").len);
	ret->is_redacted = json_object_get(line, "redacted") != NULL;
	r->method = text_at(line, "req", "method");
	r->host = text_at(line, "req", "host");
	r->url = url_of(line, arena);
	read_person(line, arena, &r->requester);
	if (!source_read(source, &r->source) && !source_read(SPAN("127.0.0.1"), &r->source))
		return false;
	return wall_read(text_at(line, NULL, "time"), &r->now) && r->method.len && r->url.len;
}
