/* What a rule looks for: conditions together, and what each of them leaves open. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/match.h"

static const struct host {
	const char *wanted, *host;
	enum truth truth;
} hosts[] = {
	{"a.example", "a.example", TRUTH_TRUE},
	{"a.example", "b.a.example", TRUTH_FALSE},
	{"*.example", "a.example", TRUTH_TRUE},
	{"*.example", "b.a.example", TRUTH_TRUE},
	{"*.example", "example", TRUTH_FALSE},
	{"*.example", ".example", TRUTH_FALSE},
	{"*.example", "aexample", TRUTH_FALSE},
	{"[::1]", "[::1]", TRUTH_TRUE},
};

static void
a_host_is_itself_or_below_a_star(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		struct span wanted = span_cstr(hosts[i].wanted);
		struct condition c = {.kind = CONDITION_HOST, .values = &wanted, .count = 1};
		struct match m = {.conditions = &c, .outer_count = 1, .head_count = 1, .condition_count = 1};
		struct asked a;

		ask(&a, "GET", "/", NULL, NULL);
		a.request.host = span_cstr(hosts[i].host);
		if (match_conditions(&m, &a.subject, TRUTH_TRUE).truth != hosts[i].truth)
			fail_msg("%s on %s", hosts[i].wanted, hosts[i].host);
	}
}

static void
a_caller_without_a_name_cannot_be_told(void **state UNUSED)
{
	struct span sre = SPAN("sre"), alice = SPAN("alice");
	struct condition conditions[] = {
		{.kind = CONDITION_USER, .values = &alice, .count = 1},
		{.kind = CONDITION_GROUP, .values = &sre, .count = 1},
	};
	struct match m = {.conditions = conditions, .outer_count = 2, .head_count = 2, .condition_count = 2};
	struct finding f;
	struct asked a;

	ask(&a, "GET", "/", NULL, NULL);
	f = match_conditions(&m, &a.subject, TRUTH_TRUE);
	assert_int_equal(f.truth, TRUTH_CANNOT_TELL);
	assert_true(f.lacks_name);
	f = match_conditions(&m, &a.subject, TRUTH_FALSE);
	assert_int_equal(f.truth, TRUTH_FALSE);
	assert_false(f.lacks_name);

	ask(&a, "GET", "/", "alice", NULL);
	assert_int_equal(match_conditions(&m, &a.subject, TRUTH_TRUE).truth, TRUTH_FALSE);
	ask(&a, "GET", "/", "alice", &sre);
	assert_int_equal(match_conditions(&m, &a.subject, TRUTH_TRUE).truth, TRUTH_TRUE);
	ask(&a, "GET", "/", "bob", &sre);
	assert_int_equal(match_conditions(&m, &a.subject, TRUTH_TRUE).truth, TRUTH_FALSE);
}

static void
an_empty_list_of_names_is_false_for_the_unnamed_too(void **state UNUSED)
{
	struct condition c = {.kind = CONDITION_USER};
	struct match m = {.conditions = &c, .outer_count = 1, .head_count = 1, .condition_count = 1};
	struct asked a;

	ask(&a, "GET", "/", NULL, NULL);
	assert_int_equal(match_conditions(&m, &a.subject, TRUTH_TRUE).truth, TRUTH_FALSE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_is_itself_or_below_a_star),
		cmocka_unit_test(a_caller_without_a_name_cannot_be_told),
		cmocka_unit_test(an_empty_list_of_names_is_false_for_the_unnamed_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
