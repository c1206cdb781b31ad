/* What people are shown is what they sign, for every kind of bind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "approvals/signed_request.h"
#include "tests/unit/approvals/shapes.h"

#define ID "01ARZ3NDEKTSV4RRFFQ69G5FAV"
#define EXCEPT_ID "{\"exact_except\": [\"body:/id\", \"header:X-Any\"]}"
#define LIST "[\"query:force\", \"header:X-Dry-Run\", \"body:/amount\", \"body:/note\"]"

static char directory[64];
static struct keyring *keys;

static const struct shape plain = {
	.line = "POST /a?x=1&force=1",
	.fields = "X-Any: 7\r\nX-Dry-Run: 1\r\nX-Dry-Run: 2\r\n",
	.body = "{\"id\":\"<not signed>\",\"amount\":100,\"n\":\"<not signed>\"}",
};

static int
begin(void **state UNUSED)
{
	struct buf why = BUF_INIT(500);

	snprintf(directory, sizeof(directory), "/tmp/countersign-test-XXXXXX");
	assert_non_null(mkdtemp(directory));
	keys = keyring_open(directory, &why);
	assert_non_null(keys);
	return 0;
}

static int
end(void **state UNUSED)
{
	char command[100];

	keyring_free(&keys);
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

static json_t *
draft_of(const struct shape *shape, const char *bind)
{
	struct shaped s;
	struct digest binding;
	json_t *draft;

	shape_make(&s, shape, bind);
	assert_int_equal(binding_digest(&s.bindable, &binding), FAULT_NONE);
	draft = request_draft_json(&(struct request_draft){
		.bindable = &s.bindable,
		.requirement = &s.requirement,
		.binding = binding,
		.node = SPAN("n1"),
		.boot = SPAN("b1"),
	});
	shape_clear(&s);
	return draft;
}

/* Signed with a good key, as a proxy would that was made to lie. */
static bool
opens(json_t *draft)
{
	struct buf sealed = BUF_INIT(1 << 20);
	struct signed_request r;
	bool is_open;

	request_stamp(draft, &(struct request_stamp){.id = ID, .epoch = SPAN("e"), .now = clock_wall()},
	              keyring_own(keys, KEY_PROXY), &sealed);
	is_open = signed_request_open(&r, buf_span(&sealed), keys);
	signed_request_clear(&r);
	buf_clear(&sealed);
	return is_open;
}

static json_t *
request_of(const json_t *draft)
{
	return json_object_get(draft, "request");
}

static void
assert_json(const json_t *is, const char *wanted)
{
	json_t *json = json_loads(wanted, JSON_DECODE_ANY, NULL);
	char *text = json_dumps(is, JSON_ENCODE_ANY);

	assert_non_null(json);
	if (!json_equal(is, json))
		fail_msg("%s", text);
	free(text);
	json_decref(json);
}

static void
a_list_shows_what_it_names(void **state UNUSED)
{
	json_t *draft = draft_of(&plain, LIST);

	assert_json(request_of(draft),
	            "{\"method\": \"POST\", \"host\": \"up\", \"path\": \"/a\", \"query\": \"force=1\","
	            " \"headers\": {\"x-dry-run\": [\"1\", \"2\"]}, \"body_values\": ["
	            "{\"pointer\": \"/amount\", \"json\": \"100\"},"
	            "{\"pointer\": \"/note\", \"json\": null}]}");
	assert_json(json_object_get(draft, "bind"),
	            "[\"query:force\", \"header:X-Dry-Run\", \"body:/amount\", \"body:/note\"]");
	assert_true(opens(draft));
	json_decref(draft);
	draft = draft_of(&plain, "[\"path\"]");
	assert_json(request_of(draft), "{\"method\": \"POST\", \"host\": \"up\", \"path\": \"/a\","
	                               " \"query\": null, \"headers\": {}}");
	assert_true(opens(draft));
	json_decref(draft);
}

static void
an_exception_shows_its_cuts(void **state UNUSED)
{
	json_t *draft = draft_of(&plain, EXCEPT_ID);

	assert_json(json_object_get(request_of(draft), "body"),
	            "\"{\\\"id\\\":<not signed>,\\\"amount\\\":100,\\\"n\\\":\\\"<not signed>\\\"}\"");
	assert_json(json_object_get(request_of(draft), "body_cut"),
	            "[{\"pointer\": \"/id\", \"at\": 6}]");
	assert_null(json_object_get(request_of(draft), "body_sha256"));
	assert_null(json_object_get(json_object_get(request_of(draft), "headers"), "x-any"));
	assert_non_null(json_object_get(json_object_get(request_of(draft), "headers"), "x-dry-run"));
	assert_true(opens(draft));
	json_decref(draft);
}

/* {bind, member of the request or "", its new value as JSON or NULL to take it away} */
static const struct {
	const char *bind, *member, *value;
} lies[] = {
	{NULL, "method", "\"PUT\""},
	{NULL, "body", "\"{}\""},
	{NULL, "body", NULL},
	{NULL, "body_sha256", NULL},
	{NULL, "body_bytes", "3"},
	{NULL, "query", "null"},
	{NULL, "note", "\"harmless\""},
	{NULL, "body_cut", "[]"},
	{NULL, "body_values", "[]"},
	{NULL, "headers", "{}"},
	{NULL, "", "[\"path\"]"},
	{NULL, "", EXCEPT_ID},
	{NULL, "", NULL},
	{EXCEPT_ID, "", "\"exact\""},
	{EXCEPT_ID, "", "{\"exact_except\": [\"body:/id\"]}"},
	{EXCEPT_ID, "body_cut", NULL},
	{EXCEPT_ID, "body_cut", "[]"},
	{EXCEPT_ID, "body_cut", "[{\"pointer\": \"/n\", \"at\": 6}]"},
	{EXCEPT_ID, "body_cut", "[{\"pointer\": \"/id\", \"at\": 7}]"},
	{EXCEPT_ID, "body_cut", "[{\"pointer\": \"/id\", \"at\": 9999}]"},
	/* Where a caller wrote the mark himself. */
	{EXCEPT_ID, "body_cut", "[{\"pointer\": \"/id\", \"at\": 37}]"},
	{EXCEPT_ID, "body_cut", "[{\"pointer\": \"/id\", \"at\": 6}, {\"pointer\": \"/n\", \"at\": 37}]"},
	/* So near the end that no mark has room. */
	{EXCEPT_ID, "body_cut", "[{\"pointer\": \"/id\", \"at\": 6}, {\"pointer\": \"/n\", \"at\": 48}]"},
	{EXCEPT_ID, "body_bytes", "40"},
	{EXCEPT_ID, "body", "\"{\\\"id\\\":<not signed>,\\\"amount\\\":900,\\\"n\\\":\\\"<not signed>\\\"}\""},
	{LIST, "body_values", "[]"},
	{LIST, "body_values", NULL},
	{LIST, "body_values", "[{\"pointer\": \"/amount\", \"json\": \"100\"}, {\"pointer\": \"/note\", \"json\": \"\"}]"},
	{LIST, "body_values", "[{\"pointer\": \"/amount\", \"json\": \"1\"}, {\"pointer\": \"/note\", \"json\": null}]"},
	{LIST, "body_values", "[{\"pointer\": \"/note\", \"json\": \"100\"}, {\"pointer\": \"/amount\", \"json\": null}]"},
	{LIST, "body", "\"{\\\"amount\\\": 1}\""},
	{LIST, "query", "\"force=2\""},
	{LIST, "query", "\"force=1&x=1\""},
	{LIST, "headers", "{\"x-dry-run\": [\"2\", \"1\"]}"},
	{LIST, "headers", "{\"x-dry-run\": [\"1\", \"2\"], \"x-any\": \"7\"}"},
	{LIST, "", "[\"query:force\", \"header:x-dry-run\", \"body:/amount\"]"},
	{LIST, "", "[]"},
};

static void
lie(json_t *object, const char *member, const char *value)
{
	if (value)
		json_object_set_new(object, member, json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(object, member);
}

static void
what_is_shown_and_not_bound_is_forged(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		json_t *draft = draft_of(&plain, lies[i].bind);

		if (lies[i].member[0])
			lie(request_of(draft), lies[i].member, lies[i].value);
		else
			lie(draft, "bind", lies[i].value);
		if (opens(draft))
			fail_msg("%zu: %s %s", i, lies[i].member, lies[i].value);
		json_decref(draft);
	}
}

static void
what_is_shown_comes_back_for_every_bind(void **state UNUSED)
{
	static const char *const binds[] = {
		"\"exact\"", "[\"path\"]", "[\"query\", \"body\"]", "[\"query:x\"]", LIST, EXCEPT_ID,
		"{\"exact_except\": [\"query:x\", \"query:force\"]}",
		"{\"exact_except\": [\"body:/none\"]}",
		"{\"exact_except\": [\"body:/id\", \"body:/amount\", \"body:/n\"]}",
		"[\"query:\xc3\xa9\"]",
	};
	static const char *const bodies[] = {
		"{\"id\":1,\"amount\":\"\xc3\xa9\x7f\",\"n\":\"x\"}", "{}", "{\"id\":{\"n\":[1]},\"note\":[]}",
	};

	for (size_t i = 0; i < ARRAY_LEN(binds) * ARRAY_LEN(bodies); i++) {
		struct shape shape = plain;
		json_t *draft;

		shape.body = bodies[i % ARRAY_LEN(bodies)];
		draft = draft_of(&shape, binds[i / ARRAY_LEN(bodies)]);
		if (!opens(draft))
			fail_msg("%s, %s", binds[i / ARRAY_LEN(bodies)], shape.body);
		json_decref(draft);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_shows_what_it_names),
		cmocka_unit_test(an_exception_shows_its_cuts),
		cmocka_unit_test(what_is_shown_and_not_bound_is_forged),
		cmocka_unit_test(what_is_shown_comes_back_for_every_bind),
	};

	return cmocka_run_group_tests_name("signed_parts", tests, begin, end);
}
