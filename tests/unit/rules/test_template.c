/* Path templates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/template.h"

#define YES TRUTH_TRUE
#define MAYBE TRUTH_CANNOT_TELL
#define NO TRUTH_FALSE

/* As a wide test finds it; a narrow one says false to what cannot be told. */
static const struct row {
	const char *template, *path;
	enum truth wide;
} rows[] = {
	{"/", "/", YES},
	{"/", "/a", NO},
	{"/", "*", NO},
	{"/a", "/a", YES},
	{"/a", "/A", MAYBE},
	{"/a", "/a/", MAYBE},
	{"/a/", "/a", MAYBE},
	{"/a/", "/a/", YES},
	{"/a", "/a/b", NO},
	{"/a", "/b", NO},
	{"/a/b", "/a", NO},
	{"/a:b", "/a%3Ab", MAYBE},
	{"/a%3Ab", "/a:b", MAYBE},
	{"/a%2Fb", "/a%2Fb", YES},
	{"/a%2Fb", "/a/b", NO},
	{"/u/{id}", "/u/7", YES},
	{"/u/{id}", "/u/7/", MAYBE},
	{"/u/{id}", "/U/7", MAYBE},
	{"/u/{id}", "/u/", NO},
	{"/u/{id}", "/u", NO},
	{"/u/{id}", "/u/7/x", NO},
	{"/u/{id}/x", "/u/7/x", YES},
	{"/u/*/x", "/u/%C3%A9/x", YES},
	{"/u/{id:[0-9]+}", "/u/7", YES},
	{"/u/{id:[0-9]+}", "/u/7a", NO},
	{"/u/{id:[0-9]{3}}", "/u/123", YES},
	{"/u/{id:[0-9]{3}}", "/u/12", NO},
	{"/u/{id:[a-z]+}", "/u/ABC", MAYBE},
	{"/u/{id:[a-z]+:x}", "/u/abc:x", YES},
	{"/u/{id:[a-z]+:x}", "/u/abc%3Ax", MAYBE},
	{"/u/{id:a/b}", "/u/a/b", NO},
	{"/**", "/", YES},
	{"/**", "/a/b/c", YES},
	{"/**", "*", NO},
	{"/a/**", "/a/", YES},
	{"/a/**", "/a/b", YES},
	{"/a/**", "/a/b/", YES},
	{"/a/**", "/a", MAYBE},
	{"/a/**", "/A/b", MAYBE},
	{"/a/**", "/ab", NO},
	{"/a/{x}/**", "/a/b", MAYBE},
	{"/a/{x}/**", "/a/b/c", YES},
	{"/a/{x}/**", "/a/", NO},
};

static void
a_template_matches_whole_segments(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum truth narrow = rows[i].wide == YES ? YES : NO;
		struct regexes regexes = {0};
		struct arena arena = {0};
		struct template t;
		struct path path;
		struct flaw flaw;

		assert_true(template_read(span_cstr(rows[i].template), &arena, &regexes, &t, &flaw));
		template_widen(&t);
		path_split(&path, span_cstr(rows[i].path));
		if (template_test(&t, &path, true) != rows[i].wide ||
		    template_test(&t, &path, false) != narrow)
			fail_msg("%s on %s", rows[i].template, rows[i].path);
		regexes_clear(&regexes);
		arena_clear(&arena);
	}
}

static const struct wrong {
	const char *template;
	size_t offset;
	const char *says;
} wrongs[] = {
	{"", 0, "starts with"},
	{"a", 0, "starts with"},
	{"//a", 1, "segment \"\""},
	{"/a//b", 3, "segment \"\""},
	{"/a/./b", 3, "segment \".\""},
	{"/a/../b", 3, "segment \"..\""},
	{"/a?b=c", 2, "query"},
	{"/a b", 2, "%20"},
	{"/caf\xc3\xa9", 4, "%C3"},
	{"/%c3%a9", 1, "%C3"},
	{"/%41", 1, "\"A\""},
	{"/%4", 1, "two hex digits"},
	{"/%zz", 1, "two hex digits"},
	{"/a*", 2, "whole segment"},
	{"/a/**/b", 3, "at the end"},
	{"/a/***", 3, "at the end"},
	{"/a{id}", 2, "whole segment"},
	{"/{id}x", 1, "whole segment"},
	{"/a}", 2, "whole segment"},
	{"/{}", 2, "name of a variable"},
	{"/{a b}", 2, "name of a variable"},
	{"/{id", 1, "never closed"},
	{"/{id:(}", 6, "not a regular expression"},
	{"/{id:}", 5, "1 to"},
	{"/{a}/{a}", 6, "two variables"},
	{"/a#b", 2, "%23"},
};

static void
what_no_path_can_equal_is_refused(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(wrongs); i++) {
		struct regexes regexes = {0};
		struct arena arena = {0};
		struct flaw flaw = {0, ""};
		struct template t;

		if (template_read(span_cstr(wrongs[i].template), &arena, &regexes, &t, &flaw))
			fail_msg("%s is taken", wrongs[i].template);
		if (!strstr(flaw.text, wrongs[i].says) || flaw.offset != wrongs[i].offset)
			fail_msg("%s: %zu: %s", wrongs[i].template, flaw.offset, flaw.text);
		regexes_clear(&regexes);
		arena_clear(&arena);
	}
}

static void
a_template_has_a_longest(void **state UNUSED)
{
	struct regexes regexes = {0};
	struct arena arena = {0};
	struct template t;
	struct flaw flaw;
	char text[130];

	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "/x", 2);
	assert_false(template_read(span_of(text, 130), &arena, &regexes, &t, &flaw));
	assert_true(template_read(span_of(text, 128), &arena, &regexes, &t, &flaw));
	arena_clear(&arena);
}

static void
a_variable_catches_the_bytes_of_the_path(void **state UNUSED)
{
	struct regexes regexes = {0};
	struct arena arena = {0};
	struct span caught;
	struct template t;
	struct path path;
	struct flaw flaw;

	assert_true(template_read(SPAN("/u/{id}/*/{x-y}"), &arena, &regexes, &t, &flaw));
	path_split(&path, SPAN("/U/a%3Ab/c/d/"));
	assert_true(template_capture(&t, &path, SPAN("id"), &caught));
	expect_span(caught, SPAN("a%3Ab"));
	assert_true(template_capture(&t, &path, SPAN("x-y"), &caught));
	expect_span(caught, SPAN("d"));
	assert_false(template_capture(&t, &path, SPAN("u"), &caught));
	assert_false(template_has_variable(&t, SPAN("")));
	arena_clear(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_template_matches_whole_segments),
		cmocka_unit_test(what_no_path_can_equal_is_refused),
		cmocka_unit_test(a_template_has_a_longest),
		cmocka_unit_test(a_variable_catches_the_bytes_of_the_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
