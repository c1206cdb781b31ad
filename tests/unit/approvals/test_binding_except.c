/* Bound exactly but for named parts: what stays bound, what does not, what is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/approvals/shapes.h"

#define EXCEPT(parts) "{\"exact_except\": [" parts "]}"
#define ID EXCEPT("\"body:/id\"")
#define NONCE EXCEPT("\"query:nonce\"")
#define SESSION EXCEPT("\"header:Mcp-Session-Id\"")
#define TWO EXCEPT("\"body:/id\", \"body:/p/t\"")

static const struct pair pairs[] = {
	{.name = "a header that is left out", .bind = SESSION, .is_same = true,
	 .a = {.fields = "Mcp-Session-Id: 1\r\n"}, .b = {.fields = "mcp-session-id: 2\r\n"}},
	{.name = "a header that is left out and does not come", .bind = SESSION, .is_same = true,
	 .a = {.fields = "Mcp-Session-Id: 1\r\n"}},
	{.name = "another header", .bind = SESSION, .b = {.fields = "Mcp-Session-Idx: 2\r\n"}},
	{.name = "the body beside a header", .bind = SESSION, .b = {.body = "{\"n\":2}"}},
	{.name = "a header that no exact binding has", .bind = SESSION, .is_same = true,
	 .b = {.fields = "User-Agent: z\r\n"}},

	{.name = "a parameter that is left out", .bind = NONCE, .is_same = true,
	 .a = {.line = "POST /a?x=1&nonce=1&y=2"}, .b = {.line = "POST /a?x=1&nonce=22&y=2"}},
	{.name = "one that does not come", .bind = NONCE, .is_same = true,
	 .a = {.line = "POST /a?x=1&nonce=1"}, .b = {.line = "POST /a?x=1"}},
	{.name = "the only one", .bind = NONCE, .is_same = true,
	 .a = {.line = "POST /a?nonce=1"}, .b = {.line = "POST /a"}},
	{.name = "none is not an empty query", .bind = NONCE,
	 .a = {.line = "POST /a?"}, .b = {.line = "POST /a"}},
	{.name = "its name in escapes", .bind = NONCE, .is_same = true,
	 .a = {.line = "POST /a?%6Eonce=1"}, .b = {.line = "POST /a?nonce=2"}},
	{.name = "the parameters beside it", .bind = NONCE,
	 .a = {.line = "POST /a?x=1&nonce=1"}, .b = {.line = "POST /a?x=2&nonce=1"}},
	{.name = "their order", .bind = NONCE,
	 .a = {.line = "POST /a?x=1&y=1&nonce=1"}, .b = {.line = "POST /a?y=1&x=1&nonce=1"}},
	{.name = "one of a longer name", .bind = NONCE,
	 .a = {.line = "POST /a?nonce2=1"}, .b = {.line = "POST /a?nonce2=2"}},
	{.name = "a variant of its name stays bound", .bind = NONCE,
	 .a = {.line = "POST /a?Nonce=1"}, .b = {.line = "POST /a?Nonce=2"}},
	{.name = "what a semicolon may begin stays bound", .bind = NONCE,
	 .a = {.line = "POST /a?nonce=1;x=1"}, .b = {.line = "POST /a?nonce=1;x=2"}},
	{.name = "what a second decoding finds stays bound", .bind = NONCE,
	 .a = {.line = "POST /a?nonce=1%2526x=1"}, .b = {.line = "POST /a?nonce=1%2526x=2"}},

	{.name = "a value that is left out", .bind = ID, .is_same = true,
	 .a = {.body = "{\"id\":1,\"n\":1}"}, .b = {.body = "{\"id\":\"abc\",\"n\":1}"}},
	{.name = "one of any shape", .bind = ID, .is_same = true,
	 .a = {.body = "{\"id\":1,\"n\":1}"}, .b = {.body = "{\"id\":[{\"n\":2}],\"n\":1}"}},
	{.name = "the values beside it", .bind = ID,
	 .a = {.body = "{\"id\":1,\"n\":1}"}, .b = {.body = "{\"id\":1,\"n\":2}"}},
	{.name = "the blanks beside it", .bind = ID,
	 .a = {.body = "{\"id\":1,\"n\":1}"}, .b = {.body = "{\"id\": 1,\"n\":1}"}},
	{.name = "its place", .bind = ID,
	 .a = {.body = "{\"id\":1,\"n\":1}"}, .b = {.body = "{\"n\":1,\"id\":1}"}},
	{.name = "whether it is there", .bind = ID,
	 .a = {.body = "{\"id\":1,\"n\":1}"}, .b = {.body = "{\"n\":1}"}},
	{.name = "one of that name further in", .bind = ID,
	 .a = {.body = "{\"id\":1,\"p\":{\"id\":1}}"}, .b = {.body = "{\"id\":1,\"p\":{\"id\":2}}"}},
	{.name = "what looks like the mark", .bind = ID,
	 .a = {.body = "{\"id\":1,\"n\":\"<not signed>\"}"}, .b = {.body = "{\"id\":1,\"n\":\"\"}"}},
	{.name = "a variant of its name stays bound", .bind = ID,
	 .a = {.body = "{\"Id\":1}"}, .b = {.body = "{\"Id\":2}"}},
	{.name = "a batch stays bound", .bind = ID,
	 .a = {.body = "[{\"id\":1}]"}, .b = {.body = "[{\"id\":2}]"}},
	{.name = "the query beside a value", .bind = ID,
	 .a = {.body = "{\"id\":1}"}, .b = {.line = "POST /a?x=2", .body = "{\"id\":1}"}},
	{.name = "two values", .bind = TWO, .is_same = true,
	 .a = {.body = "{\"p\":{\"t\":1,\"x\":0},\"id\":1}"},
	 .b = {.body = "{\"p\":{\"t\":23,\"x\":0},\"id\":456}"}},
	{.name = "what stands between two values", .bind = TWO,
	 .a = {.body = "{\"p\":{\"t\":1,\"x\":0},\"id\":1}"},
	 .b = {.body = "{\"p\":{\"t\":1,\"x\":1},\"id\":1}"}},
	{.name = "bytes that move over a cut", .bind = TWO,
	 .a = {.body = "{\"x\":[],\"id\":1,\"p\":{\"t\":1}}"},
	 .b = {.body = "{\"x\":[],\"p\":{\"t\":1},\"id\":1}"}},
	{.name = "no body on a method that needs none", .bind = ID, .is_same = true,
	 .a = {.line = "GET /a", .body = ""}, .b = {.line = "GET /a", .body = ""}},
	{.name = "no other body on it", .bind = ID,
	 .a = {.line = "GET /a", .body = ""}, .b = {.line = "GET /a", .body = "{\"id\":1}"}},
};

static void
all_is_bound_but_what_is_named(void **state UNUSED)
{
	pairs_check(pairs, ARRAY_LEN(pairs));
}

/* What the body could be without its cuts is another binding each time. */
static void
the_places_of_cuts_are_bound(void **state UNUSED)
{
	static const struct shape shape = {.body = "{\"id\":7,\"p\":{\"t\":7}}"};
	struct shaped s;
	struct bound bound;
	struct digest whole, moved;

	shape_make(&s, &shape, TWO);
	assert_int_equal(bound_read(&bound, &s.bindable, &s.arena), FAULT_NONE);
	assert_int_equal(bound.scope, BODY_SCOPE_CUT);
	assert_int_equal(bound.cut_count, 2);
	assert_true(span_eq(bound.body, SPAN("{\"id\":,\"p\":{\"t\":}}")));
	whole = bound_digest(&bound);
	bound.cuts[0].at++;
	moved = bound_digest(&bound);
	assert_false(digest_eq(&whole, &moved));
	bound.cuts[0].at--;
	bound.cuts[0].pointer = SPAN("/n");
	moved = bound_digest(&bound);
	assert_false(digest_eq(&whole, &moved));
	bound.cuts[0].pointer = SPAN("/id");
	bound.cut_count = 1;
	moved = bound_digest(&bound);
	assert_false(digest_eq(&whole, &moved));
	shape_clear(&s);
}

/* A policy drops the inner one; who does not gets one cut all the same. */
static void
a_cut_within_a_cut_is_one(void **state UNUSED)
{
	static const struct shape shape = {.body = "{\"p\":{\"t\":7},\"n\":1}"};
	static const struct bind_part inner = {.kind = PART_BODY_POINTER, .name = {"/p/t", 4}};
	static const struct bind_part outer = {.kind = PART_BODY_POINTER, .name = {"/p", 2}};
	struct shaped s;
	struct bound bound;

	shape_make(&s, &shape, ID);
	s.requirement.bind.parts[0] = &inner;
	s.requirement.bind.parts[1] = &outer;
	s.requirement.bind.count = 2;
	assert_int_equal(bound_read(&bound, &s.bindable, &s.arena), FAULT_NONE);
	assert_int_equal(bound.cut_count, 1);
	assert_true(span_eq(bound.cuts[0].pointer, SPAN("/p")));
	assert_true(span_eq(bound.body, SPAN("{\"p\":,\"n\":1}")));
	shape_clear(&s);
}

static void
modes_are_bound(void **state UNUSED)
{
	static const struct shape plain = {.line = NULL};
	struct digest exact = shape_digest(&plain, NULL);
	struct digest except = shape_digest(&plain, SESSION);
	struct digest other = shape_digest(&plain, NONCE);

	/* The same is left of the request, and another promise goes with it. */
	assert_false(digest_eq(&exact, &except));
	assert_false(digest_eq(&except, &other));
}

static void
what_has_two_readings_is_refused(void **state UNUSED)
{
	static const struct {
		const char *bind;
		struct shape shape;
		enum fault fault;
	} cases[] = {
		{NONCE, {.line = "POST /a?nonce=1&nonce=2"}, FAULT_QUERY_REPEATED},
		{NONCE, {.line = "POST /a?nonce=1&NONCE=2"}, FAULT_QUERY_REPEATED},
		{NULL, {.line = "POST /a?nonce=1&nonce=2"}, FAULT_NONE},
		{ID, {.body = "{\"id\":1,\"ID\":2}"}, FAULT_BODY_AMBIGUOUS},
		{ID, {.body = "{\"id\":1,\"n\":2,\"n\":3}"}, FAULT_BODY_AMBIGUOUS},
		{ID, {.body = "{\"id\":1"}, FAULT_BODY_UNREADABLE},
		{ID, {.body = ""}, FAULT_BODY_UNREADABLE},
		{ID, {.fields = "Content-Type: text/plain\r\n"}, FAULT_CONTENT_TYPE},
		{ID, {.fields = "Content-Type: application/x-www-form-urlencoded\r\n"},
		 FAULT_CONTENT_TYPE},
		{ID, {.fields = "Content-Encoding: gzip\r\n"}, FAULT_CONTENT_CODING},
		{ID, {.fields = "Content-Encoding: Identity\r\n"}, FAULT_NONE},
		{ID,
		 {.body = "{\"n\":\"0123456789012345678901234567890123456789012345678901234567890123"
		          "456789012345678901234567890123456789\"}"},
		 FAULT_BODY_TOO_LARGE},
		{SESSION, {.body = "{\"id\":1,\"ID\":2"}, FAULT_NONE},
		{NULL, {.body = "{\"id\":1,\"ID\":2"}, FAULT_NONE},
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
		cmocka_unit_test(all_is_bound_but_what_is_named),
		cmocka_unit_test(the_places_of_cuts_are_bound),
		cmocka_unit_test(a_cut_within_a_cut_is_one),
		cmocka_unit_test(modes_are_bound),
		cmocka_unit_test(what_has_two_readings_is_refused),
	};

	return cmocka_run_group_tests_name("binding_except", tests, NULL, NULL);
}
