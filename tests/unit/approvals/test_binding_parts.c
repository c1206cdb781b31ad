/* Only named parts bound: what may vary, what may not, what is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/approvals/shapes.h"

#define PATH "[\"path\"]"
#define FORCE "[\"query:force\"]"
#define TOKEN "[\"query:token\"]"
#define QUERY "[\"query\"]"
#define HEADER "[\"header:X-Dry-Run\"]"
#define AMOUNT "[\"body:/amount\"]"
#define BODY "[\"body\"]"
#define BOTH "[\"query:a\", \"query:b\"]"

static const struct pair pairs[] = {
	{.name = "the query", .bind = PATH, .b = {.line = "POST /a?x=2"}, .is_same = true},
	{.name = "a header", .bind = PATH, .b = {.fields = "X-Any: 2\r\n"}, .is_same = true},
	{.name = "the body", .bind = PATH, .b = {.body = "not json"}, .is_same = true},
	{.name = "the content type", .bind = PATH, .b = {.fields = "Content-Type: a/b\r\n"}, .is_same = true},
	{.name = "the path", .bind = PATH, .b = {.line = "POST /b?x=1"}},
	{.name = "the path, unnamed", .bind = FORCE, .b = {.line = "POST /b?x=1"}},
	{.name = "the method", .bind = PATH, .b = {.line = "PUT /a?x=1"}},
	{.name = "the requester", .bind = PATH, .b = {.user = "bob"}},
	{.name = "the upstream's host", .bind = PATH, .b = {.host = "other"}},
	{.name = "namespace", .bind = PATH, .b = {.namespace = "other"}},
	{.name = "site", .bind = PATH, .b = {.site = "other"}},
	{.name = "rule", .bind = PATH, .b = {.rule = "other"}},
	{.name = "effect", .bind = PATH, .b = {.effect = "other"}},

	{.name = "the whole query", .bind = QUERY, .b = {.line = "POST /a?x=2"}},
	{.name = "the body beside it", .bind = QUERY, .b = {.body = "{}"}, .is_same = true},
	{.name = "a named parameter", .bind = FORCE,
	 .a = {.line = "POST /a?force=1"}, .b = {.line = "POST /a?force=2"}},
	{.name = "one that does not come", .bind = FORCE,
	 .a = {.line = "POST /a?force=1"}, .b = {.line = "POST /a"}},
	{.name = "an empty one is there", .bind = FORCE,
	 .a = {.line = "POST /a?force"}, .b = {.line = "POST /a"}},
	{.name = "the parameters beside it", .bind = FORCE, .is_same = true,
	 .a = {.line = "POST /a?x=1&force=1"}, .b = {.line = "POST /a?force=1&y=9"}},
	{.name = "a plus is not an escaped one", .bind = FORCE,
	 .a = {.line = "POST /a?force=a+b"}, .b = {.line = "POST /a?force=a%2Bb"}},
	{.name = "a variant binds the whole query", .bind = FORCE,
	 .a = {.line = "POST /a?Force=1"}, .b = {.line = "POST /a?Force=2"}},
	{.name = "and all beside it", .bind = FORCE,
	 .a = {.line = "POST /a?Force=1&x=1"}, .b = {.line = "POST /a?Force=1&x=2"}},
	{.name = "a semicolon binds the whole query", .bind = FORCE,
	 .a = {.line = "POST /a?x=1;force=1"}, .b = {.line = "POST /a?x=1;force=2"}},
	{.name = "two are two, in any order", .bind = BOTH, .is_same = true,
	 .a = {.line = "POST /a?a=1&b=2"}, .b = {.line = "POST /a?b=2&a=1"}},
	{.name = "each with its value", .bind = BOTH,
	 .a = {.line = "POST /a?a=1&b=2"}, .b = {.line = "POST /a?b=1&a=2"}},
	{.name = "a secret", .bind = TOKEN,
	 .a = {.line = "POST /a?token=1"}, .b = {.line = "POST /a?token=2"}},

	{.name = "a named header", .bind = HEADER,
	 .a = {.fields = "X-Dry-Run: 1\r\n"}, .b = {.fields = "X-Dry-Run: 0\r\n"}},
	{.name = "one that does not come", .bind = HEADER, .a = {.fields = "X-Dry-Run: 1\r\n"}},
	{.name = "an empty one is there", .bind = HEADER, .a = {.fields = "X-Dry-Run:\r\n"}},
	{.name = "two lines of it", .bind = HEADER,
	 .a = {.fields = "X-Dry-Run: 1\r\nX-Dry-Run: 2\r\n"},
	 .b = {.fields = "X-Dry-Run: 2\r\nX-Dry-Run: 1\r\n"}},
	{.name = "one line of both", .bind = HEADER,
	 .a = {.fields = "X-Dry-Run: 1\r\nX-Dry-Run: 2\r\n"},
	 .b = {.fields = "X-Dry-Run: 1, 2\r\n"}},
	{.name = "one that exact leaves out", .bind = "[\"header:user-agent\"]",
	 .a = {.fields = "User-Agent: 1\r\n"}, .b = {.fields = "User-Agent: 2\r\n"}},
	{.name = "what named the caller", .bind = "[\"header:x-who\"]", .is_same = true,
	 .a = {.fields = "X-Who: a\r\n"}, .b = {.fields = "X-Who: b\r\n"}},

	{.name = "the whole body", .bind = BODY, .b = {.body = "{\"n\":1} "}},
	{.name = "the query beside it", .bind = BODY, .b = {.line = "POST /a?x=2"}, .is_same = true},
	{.name = "a named value", .bind = AMOUNT,
	 .a = {.body = "{\"amount\":1}"}, .b = {.body = "{\"amount\":2}"}},
	{.name = "its bytes, not its worth", .bind = AMOUNT,
	 .a = {.body = "{\"amount\":1}"}, .b = {.body = "{\"amount\":1.0}"}},
	{.name = "its type", .bind = AMOUNT,
	 .a = {.body = "{\"amount\":1}"}, .b = {.body = "{\"amount\":\"1\"}"}},
	{.name = "null is not absent", .bind = AMOUNT,
	 .a = {.body = "{\"amount\":null}"}, .b = {.body = "{}"}},
	{.name = "a container", .bind = AMOUNT,
	 .a = {.body = "{\"amount\":{\"a\":1}}"}, .b = {.body = "{\"amount\":{\"a\":2}}"}},
	{.name = "the values beside it, and blanks", .bind = AMOUNT, .is_same = true,
	 .a = {.body = "{\"amount\":1,\"n\":1}"}, .b = {.body = " {\"n\": [2], \"amount\" : 1}"}},
	{.name = "two values that are swapped", .bind = "[\"body:/a\", \"body:/b\"]",
	 .a = {.body = "{\"a\":1,\"b\":2}"}, .b = {.body = "{\"a\":2,\"b\":1}"}},
	{.name = "one for the other", .bind = "[\"body:/a\", \"body:/b\"]",
	 .a = {.body = "{\"a\":1}"}, .b = {.body = "{\"b\":1}"}},
	{.name = "no body on a method that needs none", .bind = AMOUNT, .is_same = true,
	 .a = {.line = "GET /a", .body = ""}, .b = {.line = "GET /a", .body = "{\"n\":1}"}},
};

static void
only_what_is_named_is_bound(void **state UNUSED)
{
	pairs_check(pairs, ARRAY_LEN(pairs));
}

static void
lists_are_bound(void **state UNUSED)
{
	static const struct shape plain = {.line = NULL};
	struct digest path = shape_digest(&plain, PATH), force = shape_digest(&plain, FORCE);
	struct digest header = shape_digest(&plain, HEADER);

	/* Nothing more of the request, but "absent" is promised. */
	assert_false(digest_eq(&path, &force));
	assert_false(digest_eq(&path, &header));
}

static void
what_has_two_readings_is_refused(void **state UNUSED)
{
	static const struct {
		const char *bind;
		struct shape shape;
		enum fault fault;
	} cases[] = {
		{FORCE, {.line = "POST /a?force=1&force=1"}, FAULT_QUERY_REPEATED},
		{FORCE, {.line = "POST /a?force=1&force[]=2"}, FAULT_QUERY_REPEATED},
		{FORCE, {.line = "POST /a?x=1&x=1"}, FAULT_NONE},
		{QUERY, {.line = "POST /a?force=1&force=1"}, FAULT_NONE},
		{AMOUNT, {.body = "{\"amount\":1,\"Amount\":1}"}, FAULT_BODY_AMBIGUOUS},
		{AMOUNT, {.body = "{\"Amount\":1}"}, FAULT_BODY_AMBIGUOUS},
		{AMOUNT, {.body = "[1]"}, FAULT_BODY_AMBIGUOUS},
		{AMOUNT, {.body = "{\"amount\":1,\"amount\":1}"}, FAULT_BODY_AMBIGUOUS},
		{AMOUNT, {.body = "amount=1"}, FAULT_BODY_UNREADABLE},
		{AMOUNT, {.body = ""}, FAULT_BODY_UNREADABLE},
		{AMOUNT, {.fields = "Content-Type: a/b\r\n"}, FAULT_CONTENT_TYPE},
		{BODY, {.fields = "Content-Type: a/b\r\n", .body = "x"}, FAULT_NONE},
		{PATH, {.body = "{"}, FAULT_NONE},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum fault fault = shape_fault(&cases[i].shape, cases[i].bind);

		if (fault != cases[i].fault)
			fail_msg("case %zu: %s", i, fault_word(fault));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_named_is_bound),
		cmocka_unit_test(lists_are_bound),
		cmocka_unit_test(what_has_two_readings_is_refused),
	};

	return cmocka_run_group_tests_name("binding_parts", tests, NULL, NULL);
}
