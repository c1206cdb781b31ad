/* Names, titles and reasons of rules; rulesets that are counted. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

static const char titled[] =
	"defaults: {approval: {from: {group: sre}}}\n"
	"rules:\n"
	"- {name: plain, match: {path: /plain}, verdict: approval}\n"
	"- {name: user, title: 'Delete {id} of {realm}!', match: {path: ['/u/{realm}/{id}', '/r/{realm}/u/{id:[a-z]+}']}, verdict: approval}\n"
	"- {name: regex, title: 'Job {job}', match: {path_regex: '/jobs/(?<job>[0-9]+)(/.*)?'}, verdict: approval}\n"
	"- {name: run, title: 'Run {run}', match: {path_regex: '/runs/(?<run>[a-z!]+)(/log)?'}, verdict: approval}\n"
	"- {name: step, title: 'Step {step}', match: {path_regex: '/steps/(?<step>[a-z]+)?'}, verdict: approval}\n"
	"- {name: stop, title: 'Stop it', match: {path_regex: '/stops'}, verdict: approval}\n";

static const struct row {
	const char *path, *title;
} rows[] = {
	{"/plain", "plain"},
	{"/u/x/7", "Delete 7 of x!"},
	{"/U/X/7/", "Delete 7 of X!"},
	{"/r/x/u/bob", "Delete bob of x!"},
	{"/r/x/u/BOB", "Delete BOB of x!"},
	{"/u/x/a%3Ab", "Delete a%3Ab of x!"},
	{"/jobs/17/log", "Job 17"},
	{"/JOBS/17", "Job 17"},
	{"/runs/x", "Run x"},
	{"/runs/x/log", "Run x"},
	/* Only a variant matches, and it is not clear what the path has there. */
	{"/runs/x/log/", "run"},
	{"/runs/%21/log", "run"},
	{"/RUNS/X/LOG", "Run X"},
	{"/steps/", "Step "},
	{"/stops/", "Stop it"},
};

static void
a_title_shows_what_is_forwarded(void **state UNUSED)
{
	struct ruleset *rules = policy_get(titled);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena arena = {0};
		struct verdict v;
		struct asked a;

		ask(&a, "GET", rows[i].path, "alice", NULL);
		ruleset_judge(rules, &a.subject, &v);
		assert_int_equal(v.kind, VERDICT_APPROVAL);
		expect_span(rule_title(v.rule, &a.request, &arena), span_cstr(rows[i].title));
		arena_clear(&arena);
	}
	ruleset_unref(&rules);
}

static void
a_ruleset_lives_until_its_last_holder_lets_go(void **state UNUSED)
{
	struct ruleset *rules = policy_get(titled), *held = ruleset_ref(rules);

	ruleset_unref(&rules);
	assert_null(rules);
	assert_int_equal(ruleset_count(held), 6);
	expect_span(rule_name(ruleset_at(held, 1)), SPAN("user"));
	assert_int_equal(rule_verdict(ruleset_at(held, 1)), VERDICT_APPROVAL);
	ruleset_unref(&held);
	ruleset_unref(&held);
}

static void
a_reason_matches_as_a_whole(void **state UNUSED)
{
	struct ruleset *rules = policy_get(
		"rules:\n"
		"- {name: a, match: {}, verdict: approval, approval: {from: {group: g}, reason: {pattern: '[A-Z]+-[0-9]+'}}}\n"
		"- {name: b, match: {}, verdict: allow}\n");

	assert_true(rule_reason_matches(ruleset_at(rules, 0), SPAN("OPS-12")));
	assert_false(rule_reason_matches(ruleset_at(rules, 0), SPAN("OPS-12 x")));
	assert_false(rule_reason_matches(ruleset_at(rules, 0), SPAN("OPS-12\n")));
	assert_false(rule_reason_matches(ruleset_at(rules, 0), SPAN("")));
	expect_span(rule_reason_pattern(ruleset_at(rules, 0)), SPAN("[A-Z]+-[0-9]+"));
	assert_true(rule_reason_matches(ruleset_at(rules, 1), SPAN("")));
	expect_span(rule_reason_pattern(ruleset_at(rules, 1)), SPAN(""));
	ruleset_unref(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_title_shows_what_is_forwarded),
		cmocka_unit_test(a_ruleset_lives_until_its_last_holder_lets_go),
		cmocka_unit_test(a_reason_matches_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
