/* Traps in rules that load well. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/lint.h"
#include "rules/match.h"
#include "rules/pattern.h"

static const struct row {
	const char *regex, *says;
} rows[] = {
	{"/a/[0-9]+", NULL},
	{"/a(/b)*", NULL},
	{"(?:/[^/]+)+", "repeats inside"},
	{"/(a+)+", "repeats inside"},
	{"/((a+)b)*", "repeats inside"},
	{"/(a{2,}){3,}", "repeats inside"},
	{"/(a{2}){3}", NULL},
	{"/(a+){3}", NULL},
	{"/[(a+)]+", NULL},
	{"/\\(a+\\)+", NULL},
	{"/[]a+]*", NULL},
	{"/a", "no other"},
	{"admin", "no path"},
	{"^admin.*", "no path"},
	{"a?/b", NULL},
	{"a|/b", NULL},
	{".*admin.*", NULL},
};

static void
an_expression_that_fools_its_writer_is_told(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *says = lint_path_regex(span_cstr(rows[i].regex));

		if (!says != !rows[i].says || (says && !strstr(says, rows[i].says)))
			fail_msg("%s: %s", rows[i].regex, says ? says : "nothing");
	}
}

static void
get_does_not_cover_head(void **state UNUSED)
{
	unsigned get = method_bit(METHOD_GET), head = method_bit(METHOD_HEAD);

	assert_non_null(lint_methods(get));
	assert_null(lint_methods(get | head));
	assert_null(lint_methods(head));
	assert_non_null(lint_methods(0));
	assert_null(lint_methods(METHODS_ALL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_expression_that_fools_its_writer_is_told),
		cmocka_unit_test(get_does_not_cover_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
