/* Alternatives of a path, and conditions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/pattern.h"

static const struct prefix {
	const char *regex, *prefix;
} prefixes[] = {
	{"/api/v1/users/[0-9]+", "/api/v1/users/"},
	{"^/api/v1/users/[0-9]+$", "/api/v1/users/"},
	{"/api/v1", "/api/"},
	{"/api/v1/", "/api/v1/"},
	{"/api/v1/?", "/api/"},
	{"/api/v1/*", "/api/"},
	{"/a/b+/c", "/a/"},
	{"/a/(b|c)/d", "/a/"},
	{"/a/[^/]+/(b|c)", "/a/"},
	{"/a/.+", "/a/"},
	{"/a/b|/c/d", "/"},
	{"/a/(b)|/c", "/"},
	{"/a/[(]|/c", "/"},
	{"/a/[)|]/c", "/a/"},
	{"/a/\\(|/c", "/"},
	{"/a/\\Q(\\E|/c", "/"},
	{"/a/(?#()x|/c", "/"},
	{"/a/(?x)#(\n|/c", "/"},
	{"/a/[]|]|/c", "/"},
	{"/a/[[:alpha:]]+(b|c)", "/"},
	{"(/a)?/b", "/"},
	{".*", "/"},
	{"", "/"},
	{"a/b/c", "/"},
	{"/a/(?:b|c)/d", "/a/"},
	{"/a/(?<x>b|c)/d", "/a/"},
	{"(?i)/a/b/c", "/"},
	{"/a/(?#x)?b", "/"},
	{"/a/\\E?b", "/"},
	{"/a/\\Q\\E?b", "/"},
	{"/a/\\d+", "/a/"},
};

static void
a_prefix_is_never_longer_than_sure(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		struct span prefix = path_pattern_prefix(span_cstr(prefixes[i].regex));

		if (!span_eq(prefix, span_cstr(prefixes[i].prefix)))
			fail_msg("%s: %.*s", prefixes[i].regex, SPAN_ARG(prefix));
	}
}

static const struct row {
	const char *regex, *path;
	enum truth wide;
} rows[] = {
	{"/a/[0-9]+", "/a/7", TRUTH_TRUE},
	{"/a/[0-9]+", "/A/7", TRUTH_CANNOT_TELL},
	{"/a/[0-9]+", "/a/7/", TRUTH_CANNOT_TELL},
	{"/a/[0-9]+", "/A/7/", TRUTH_CANNOT_TELL},
	{"/a/[0-9]+/", "/a/7", TRUTH_CANNOT_TELL},
	{"/a/[0-9]+", "/a/7/x", TRUTH_FALSE},
	{"/a/x:y", "/a/x%3Ay", TRUTH_CANNOT_TELL},
	{"/a/x:y", "/a/X%3Ay/", TRUTH_CANNOT_TELL},
	{"/a/x:y", "/a/x%2Fy", TRUTH_FALSE},
	{"/?", "/", TRUTH_TRUE},
	{"(/a)?", "/", TRUTH_FALSE},
	{"\\*", "*", TRUTH_TRUE},
	{"\\*/", "*", TRUTH_FALSE},
	{"/(a+)+[bc]", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaad", TRUTH_CANNOT_TELL},
};

static void
an_expression_over_a_path_is_widened(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct regexes all = {0};
		struct flaw flaw;
		struct path_pattern p = {
			.regex = regex_get(&all, span_cstr(rows[i].regex), REGEX_PATH, &flaw),
		};
		struct path path;

		assert_non_null(p.regex);
		path_pattern_widen(&p);
		path_split(&path, span_cstr(rows[i].path));
		if (path_pattern_test(&p, &path, true) != rows[i].wide)
			fail_msg("%s on %s", rows[i].regex, rows[i].path);
		regexes_clear(&all);
	}
}

static void
a_path_too_long_to_vary_cannot_be_told(void **state UNUSED)
{
	static char text[20000];
	struct regexes all = {0};
	struct flaw flaw;
	struct path_pattern p = {.regex = regex_get(&all, SPAN("/b"), REGEX_PATH, &flaw)};
	struct path path;

	assert_non_null(p.regex);
	path_pattern_widen(&p);
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	path_split(&path, span_of(text, sizeof(text)));
	assert_int_equal(path_pattern_test(&p, &path, true), TRUTH_CANNOT_TELL);
	assert_int_equal(path_pattern_test(&p, &path, false), TRUTH_FALSE);
	regexes_clear(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prefix_is_never_longer_than_sure),
		cmocka_unit_test(an_expression_over_a_path_is_widened),
		cmocka_unit_test(a_path_too_long_to_vary_cannot_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
