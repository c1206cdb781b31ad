/* What is said about files: place, path, words, and nothing that could harm a terminal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/complaint.h"
#include "lib/base/document.h"
#include "lib/base/nearest.h"

static void
expect_text(struct complaints *why, const char *want)
{
	struct buf text = BUF_INIT(1 << 20);

	complaints_text(why, &text);
	assert_string_equal(buf_cstr(&text), want);
	buf_clear(&text);
}

static void
the_place_is_shown_and_pointed_at(void **state)
{
	struct complaints *why = complaints_new();
	struct document *doc = document_read("x.yaml", SPAN("a:\n  - {b: 'c d'}\n"), why);
	const struct node *b = document_root(doc)->first->first->first;

	(void)state;
	complain(why, b, "more", "is %s", "little");
	expect_text(why, "x.yaml:2:9: error: a[0].b: is little; expected more\n"
	                 "     2 |   - {b: 'c d'}\n"
	                 "       |         ^\n");
	document_free(doc);
	complaints_free(why);
}

static void
complaints_stand_in_order_of_the_file(void **state)
{
	struct complaints *why = complaints_new();
	struct document *doc = document_read("x.yaml", SPAN("a: 1\nb: 2\n"), why);
	const struct node *a = document_root(doc)->first;

	(void)state;
	complain_warning(why, a->next, "three");
	complain_key(why, a->next, "bb", "two");
	complain_within(why, a, 0, "one");
	complain_file(why, "y.yaml", "four");
	assert_int_equal(complaints_errors(why), 3);
	assert_int_equal(complaints_warnings(why), 1);
	expect_text(why, "x.yaml:1:4: error: a: one\n     1 | a: 1\n       |    ^\n"
	                 "x.yaml:2:1: error: b: two; did you mean \"bb\"?\n     2 | b: 2\n       | ^\n"
	                 "x.yaml:2:4: warning: b: three\n     2 | b: 2\n       |    ^\n"
	                 "y.yaml: error: four\n");
	document_free(doc);
	complaints_free(why);
}

static void
a_byte_of_a_text_is_pointed_at_where_the_source_shows_it(void **state)
{
	static const struct {
		const char *yaml;
		size_t offset, column;
	} rows[] = {
		{"a: abc", 2, 6}, {"a: 'abc'", 2, 7}, {"a: \"\xc3\xa9" "bc\"", 2, 6},
		{"a: \"\\u0061bc\"", 2, 4}, {"a: abc", 9, 4}, {"a: |\n  abc", 2, 4},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct complaints *why = complaints_new();
		struct document *doc = document_read("x", span_cstr(rows[i].yaml), why);
		struct buf text = BUF_INIT(1000);
		char want[20];

		complain_within(why, document_root(doc)->first, rows[i].offset, "here");
		complaints_text(why, &text);
		snprintf(want, sizeof(want), "x:1:%zu:", rows[i].column);
		if (!span_starts(buf_span(&text), span_cstr(want)))
			fail_msg("row %zu: %s", i, buf_cstr(&text));
		buf_clear(&text);
		document_free(doc);
		complaints_free(why);
	}
}

static void
nothing_can_move_the_cursor(void **state)
{
	struct complaints *why = complaints_new();

	(void)state;
	complain_file(why, "x\x1b[2J\n", "is %s", "\xe2\x80\xae\r\n\x07\xff");
	expect_text(why, "x?[2J?: error: is ?????\n");
	complaints_free(why);
}

static void
warnings_never_crowd_out_errors(void **state)
{
	struct complaints *why = complaints_new();
	struct document *doc = document_read("x", SPAN("a: 1\n"), why);
	struct buf text = BUF_INIT(1 << 20);

	(void)state;
	for (int i = 0; i < 1000; i++)
		complain_warning(why, document_root(doc), "warned");
	complain(why, document_root(doc), NULL, "wrong");
	complaints_text(why, &text);
	assert_non_null(strstr(buf_cstr(&text), "error: wrong\n"));
	assert_non_null(strstr(buf_cstr(&text), "and 950 more\n"));
	assert_int_equal(complaints_warnings(why), 1000);
	buf_clear(&text);
	document_free(doc);
	complaints_free(why);
}

static void
json_says_the_same(void **state)
{
	struct complaints *why = complaints_new();
	struct document *doc = document_read("x", SPAN("a: 1\n"), why);
	struct buf text = BUF_INIT(4096);

	(void)state;
	complain_key(why, document_root(doc)->first, "b", "no \"a\"");
	complain_file(why, "y", "gone");
	complaints_json(why, &text);
	assert_string_equal(buf_cstr(&text),
	                    "[{\"level\":\"error\",\"file\":\"x\",\"line\":1,\"column\":1,"
	                    "\"path\":\"a\",\"message\":\"no \\\"a\\\"\",\"nearest\":\"b\"},"
	                    "{\"level\":\"error\",\"file\":\"y\",\"message\":\"gone\"}]");
	buf_clear(&text);
	document_free(doc);
	complaints_free(why);
}

static void
the_nearest_word_is_found_or_none(void **state)
{
	static const char *const words[] = {"match", "method", "path", "path_regex", "hold_for",
	                                    "on_disconnect"};
	static const struct {
		const char *word, *want;
	} rows[] = {
		{"mach", "match"}, {"MATCH", "match"}, {"mehtod", "method"}, {"paht", "path"},
		{"path_regx", "path_regex"}, {"path-regex", "path_regex"}, {"hold", "hold_for"},
		{"holdFor", "hold_for"}, {"onDisconnect", "on_disconnect"}, {"", NULL},
		{"verdict", NULL}, {"x", NULL}, {"patterns", NULL},
		{"a_word_that_is_longer_than_anybody_would_write_it", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct nearest nearest = nearest_to(span_cstr(rows[i].word));

		for (size_t j = 0; j < ARRAY_LEN(words); j++)
			nearest_try(&nearest, words[j]);
		if (!span_eq(span_cstr(nearest.best), span_cstr(rows[i].want)))
			fail_msg("%s: %s", rows[i].word, nearest.best ? nearest.best : "none");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_place_is_shown_and_pointed_at),
		cmocka_unit_test(complaints_stand_in_order_of_the_file),
		cmocka_unit_test(a_byte_of_a_text_is_pointed_at_where_the_source_shows_it),
		cmocka_unit_test(nothing_can_move_the_cursor),
		cmocka_unit_test(warnings_never_crowd_out_errors),
		cmocka_unit_test(json_says_the_same),
		cmocka_unit_test(the_nearest_word_is_found_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
