/* What a condition asked for, what it saw, and what that told, as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/explain_condition.h"

#include "lib/base/buf.h"
#include "lib/base/utf8.h"

enum { TEXT_MAX = 64 * 1024 };

json_t *
explain_truth(enum truth truth)
{
	static const char *const words[] = {
		[TRUTH_FALSE] = "false",
		[TRUTH_CANNOT_TELL] = "cannot_tell",
		[TRUTH_TRUE] = "true",
	};

	return json_string(words[truth]);
}

/* Bytes that are no UTF-8 are shown as JavaScript would escape them. */
json_t *
explain_text(struct span text)
{
	struct buf shown = BUF_INIT(TEXT_MAX);
	json_t *json;

	if (utf8_is_valid(text) && !span_contains(text, '\0'))
		return json_stringn(text.ptr ? text.ptr : "", text.len);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c >= ' ' && c < 0x7f)
			buf_addc(&shown, (char)c);
		else
			buf_addf(&shown, "\\x%02x", c);
	}
	json = json_stringn(shown.ptr ? shown.ptr : "", shown.len);
	buf_clear(&shown);
	return json;
}

static const char *const ops[] = {
	[TEST_STRING] = "eq",   [TEST_NUMBER] = "eq",           [TEST_BOOLEAN] = "eq",
	[TEST_PREFIX] = "prefix", [TEST_REGEX] = "regex",         [TEST_GREATER] = "gt",
	[TEST_GREATER_OR_EQUAL] = "ge", [TEST_LESS] = "lt",       [TEST_LESS_OR_EQUAL] = "le",
	[TEST_EXISTS] = "exists", [TEST_ALL] = "all",             [TEST_ANY] = "in",
	[TEST_NOT] = "not",
};

static json_t *explain_test(const struct value_test *test);

/* The value as it stands in the policy: a number as its digits, for a double would round it. */
static json_t *
explain_wanted(const struct value_test *test)
{
	json_t *list;

	switch (test->op) {
	case TEST_BOOLEAN:
	case TEST_EXISTS:
		return json_boolean(test->boolean);
	case TEST_REGEX:
		return explain_text(regex_pattern(test->regex));
	case TEST_NOT:
		return explain_test(test->parts);
	case TEST_ANY:
		list = json_array();
		for (size_t i = 0; i < test->count; i++)
			json_array_append_new(list, explain_wanted(&test->parts[i]));
		return list;
	default:
		return explain_text(test->text);
	}
}

static json_t *
explain_test(const struct value_test *test)
{
	json_t *json = json_object();

	if (test->op != TEST_ALL) {
		json_object_set_new(json, ops[test->op], explain_wanted(test));
		return json;
	}
	for (size_t i = 0; i < test->count; i++)
		json_object_set_new(json, ops[test->parts[i].op], explain_wanted(&test->parts[i]));
	return json;
}

static json_t *
explain_strings(const struct span *values, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, explain_text(values[i]));
	return list;
}

static json_t *
explain_networks(const struct network *networks, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		char text[NETWORK_TEXT];

		network_text(&networks[i], text);
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *
explain_schedule(const struct schedule *s)
{
	static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	json_t *list = json_array(), *hours = json_array();

	for (size_t i = 0; i < 7; i++) {
		if (s->days >> i & 1)
			json_array_append_new(list, json_string(days[i]));
	}
	for (size_t i = 0; i < s->count; i++) {
		const struct hours *h = &s->hours[i];

		json_array_append_new(hours, json_sprintf("%02d:%02d-%02d:%02d", h->from / 60,
		                                          h->from % 60, h->to / 60, h->to % 60));
	}
	return json_pack("{s:o, s:o, s:o}", "days", list, "hours", hours, "zone",
	                 explain_text(s->zone_name));
}

static json_t *
explain_asked(const struct condition *c)
{
	switch (c->kind) {
	case CONDITION_HOST:
	case CONDITION_USER:
	case CONDITION_GROUP:
		return explain_strings(c->values, c->count);
	case CONDITION_SOURCE:
		return explain_networks(c->networks, c->count);
	case CONDITION_TIME:
		return explain_schedule(c->schedule);
	case CONDITION_QUERY:
	case CONDITION_HEADER:
	case CONDITION_BODY:
	case CONDITION_FORM:
		break;
	}
	return explain_test(c->test);
}

static json_t *
explain_time(const struct condition *c, struct wall now)
{
	static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	struct zone_time at;

	if (!zone_tell(c->schedule->zone, now, &at))
		return json_null();
	return json_sprintf("%s %02d:%02d", days[at.weekday], at.minute / 60, at.minute % 60);
}

/* Nothing, where nothing can be told. */
static json_t *
explain_value(const struct condition *c, const struct subject *subject)
{
	struct arena arena = {0};
	json_t *json = NULL;
	struct value value;

	(void)condition_look(c, subject, &arena, &value);
	switch (value.kind) {
	case VALUE_ABSENT:
	case VALUE_DOUBTFUL:
		json = json_null();
		break;
	case VALUE_BOOLEAN:
		json = json_boolean(value.boolean);
		break;
	case VALUE_TEXT:
	case VALUE_STRING:
	case VALUE_NUMBER:
	case VALUE_OPAQUE:
		json = explain_text(value.text);
		break;
	}
	arena_clear(&arena);
	return json;
}

static json_t *
explain_seen(const struct condition *c, const struct subject *subject)
{
	switch (c->kind) {
	case CONDITION_HOST:
		return explain_text(subject->request->host);
	case CONDITION_USER:
		return explain_text(subject->requester->user);
	case CONDITION_GROUP:
		return explain_strings(subject->requester->groups, subject->requester->group_count);
	case CONDITION_SOURCE: {
		char text[NETWORK_TEXT];

		source_text(&subject->source, text);
		return json_string(text);
	}
	case CONDITION_TIME:
		return explain_time(c, subject->now);
	case CONDITION_QUERY:
	case CONDITION_HEADER:
	case CONDITION_BODY:
	case CONDITION_FORM:
		break;
	}
	return explain_value(c, subject);
}

static const char *const keys[] = {
	[CONDITION_HOST] = "host",     [CONDITION_USER] = "requester.user",
	[CONDITION_GROUP] = "requester.groups", [CONDITION_SOURCE] = "source",
	[CONDITION_TIME] = "time",     [CONDITION_QUERY] = "query",
	[CONDITION_HEADER] = "headers", [CONDITION_BODY] = "body",
	[CONDITION_FORM] = "form",
};

json_t *
explain_condition(const struct condition *c, const struct subject *subject)
{
	struct answer a = condition_test(c, subject);
	json_t *json = json_pack("{s:s}", "key", keys[c->kind]);

	if (c->kind >= CONDITION_QUERY)
		json_object_set_new(json, "name", explain_text(c->name));
	json_object_set_new(json, "asked", explain_asked(c));
	json_object_set_new(json, "seen", explain_seen(c, subject));
	json_object_set_new(json, "truth", explain_truth(a.truth));
	if (a.truth == TRUTH_CANNOT_TELL)
		json_object_set_new(json, "why", json_string(doubt_word(a.doubt)));
	if (a.fault != FAULT_NONE)
		json_object_set_new(json, "fault", json_string(fault_word(a.fault)));
	return json;
}
