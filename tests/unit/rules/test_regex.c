/* Regular expressions that cannot run away. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/regex.h"

static const struct row {
	const char *pattern, *text;
	enum truth exact, caseless;
} rows[] = {
	{"/a", "/a", TRUTH_TRUE, TRUTH_TRUE},
	{"/a", "/A", TRUTH_FALSE, TRUTH_TRUE},
	{"/a", "/ab", TRUTH_FALSE, TRUTH_FALSE},
	{"/a", "x/a", TRUTH_FALSE, TRUTH_FALSE},
	{"^/a$", "/a", TRUTH_TRUE, TRUTH_TRUE},
	{"/a$", "/a\n", TRUTH_FALSE, TRUTH_FALSE},
	{"/a|/ab", "/ab", TRUTH_TRUE, TRUTH_TRUE},
	{"/(?:x|xy)/z", "/xy/z", TRUTH_TRUE, TRUTH_TRUE},
	{"/a$\n", "/a\n", TRUTH_FALSE, TRUTH_FALSE},
	{"/a(?m)$", "/a\n", TRUTH_FALSE, TRUTH_FALSE},
	{"(?<a>b)\\k<a>", "bb", TRUTH_TRUE, TRUTH_TRUE},
	{"a*", "", TRUTH_TRUE, TRUTH_TRUE},
};

static void
an_expression_takes_the_whole_text(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct regexes all = {0};
		struct flaw flaw;
		struct regex *r = regex_get(&all, span_cstr(rows[i].pattern), REGEX_PATH, &flaw);

		assert_non_null(r);
		regex_widen(r);
		if (regex_test(r, span_cstr(rows[i].text)) != rows[i].exact ||
		    regex_test_caseless(r, span_cstr(rows[i].text)) != rows[i].caseless)
			fail_msg("%s on \"%s\"", rows[i].pattern, rows[i].text);
		regexes_clear(&all);
	}
}

static void
a_runaway_expression_cannot_tell(void **state UNUSED)
{
	struct regexes all = {0};
	char text[4096];
	struct flaw flaw;
	struct regex *r = regex_get(&all, SPAN("/(a+)+[bc]"), REGEX_PATH, &flaw);

	assert_non_null(r);
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	assert_int_equal(regex_test(r, span_of(text, sizeof(text))), TRUTH_CANNOT_TELL);
	regexes_clear(&all);
}

static void
an_expression_never_widened_cannot_tell_of_case(void **state UNUSED)
{
	struct regexes all = {0};
	struct flaw flaw;
	struct regex *r = regex_get(&all, SPAN("/a"), REGEX_PATH, &flaw);

	assert_non_null(r);
	assert_int_equal(regex_test_caseless(r, SPAN("/b")), TRUTH_CANNOT_TELL);
	regexes_clear(&all);
}

static void
a_reason_that_is_not_utf8_cannot_be_told(void **state UNUSED)
{
	struct regexes all = {0};
	struct flaw flaw;
	struct regex *r = regex_get(&all, SPAN(".{3}"), REGEX_REASON, &flaw);

	assert_non_null(r);
	assert_int_equal(regex_test(r, SPAN("\xc3\xa4\xc3\xb6\xc3\xbc")), TRUTH_TRUE);
	assert_int_equal(regex_test(r, SPAN("a\xff""b")), TRUTH_CANNOT_TELL);
	regexes_clear(&all);
}

static const char *const wrong[] = {
	"", "(", "[a", "a{2,1}", "(*UTF)a", "(*LIMIT_MATCH=1)a", "(a)\\1", "\\C", "*a",
};

static void
what_is_no_expression_is_refused(void **state UNUSED)
{
	struct regexes all = {0};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct flaw flaw = {0, ""};

		if (regex_get(&all, span_cstr(wrong[i]), REGEX_PATH, &flaw))
			fail_msg("%s is taken", wrong[i]);
		assert_true(flaw.text[0]);
		assert_true(flaw.offset <= strlen(wrong[i]));
	}
	regexes_clear(&all);
}

static void
equal_expressions_are_one(void **state UNUSED)
{
	struct regexes all = {0};
	struct flaw flaw;
	struct regex *r = regex_get(&all, SPAN("/a"), REGEX_PATH, &flaw);

	assert_ptr_equal(r, regex_get(&all, SPAN("/a"), REGEX_PATH, &flaw));
	assert_ptr_not_equal(r, regex_get(&all, SPAN("/a"), REGEX_REASON, &flaw));
	regexes_clear(&all);
}

static void
a_named_group_is_caught(void **state UNUSED)
{
	struct regexes all = {0};
	struct flaw flaw;
	struct span caught;
	struct regex *r = regex_get(&all, SPAN("/a/(?<id>[0-9]+)(?<rest>/x)?"), REGEX_PATH, &flaw);

	assert_non_null(r);
	regex_widen(r);
	assert_true(regex_has_group(r, SPAN("id")));
	assert_false(regex_has_group(r, SPAN("i")));
	assert_true(regex_capture(r, SPAN("/a/17"), SPAN("id"), &caught));
	expect_span(caught, SPAN("17"));
	assert_true(regex_capture(r, SPAN("/A/18"), SPAN("id"), &caught));
	expect_span(caught, SPAN("18"));
	assert_false(regex_capture(r, SPAN("/a/17"), SPAN("rest"), &caught));
	assert_false(regex_capture(r, SPAN("/b/17"), SPAN("id"), &caught));
	regexes_clear(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_expression_takes_the_whole_text),
		cmocka_unit_test(a_runaway_expression_cannot_tell),
		cmocka_unit_test(an_expression_never_widened_cannot_tell_of_case),
		cmocka_unit_test(a_reason_that_is_not_utf8_cannot_be_told),
		cmocka_unit_test(what_is_no_expression_is_refused),
		cmocka_unit_test(equal_expressions_are_one),
		cmocka_unit_test(a_named_group_is_caught),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
