/* Verdicts: which rule speaks, and what approval rules ask together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/effect.h"

static void
approval_rules_that_match_ask_together(void **state UNUSED)
{
	struct ruleset *rules = policy_get(
		"rules:\n"
		"- {name: first, match: {path: /a}, verdict: approval, approval: {from: {group: sre}, "
		"hold_for: 40s, expires: 1h, valid_for: 5m, uses: 3, on_disconnect: keep, pending_status: 503}}\n"
		"- {name: second, match: {path: /**}, verdict: approval, approval: {from: {group: finance, count: 2}, "
		"hold_for: 50s, expires: 10m, valid_for: 7m, uses: 2, mode: reject, reason: required}}\n"
		"- {name: third, match: {}, verdict: approval, approval: {from: {group: sre, count: 2}, hold_for: 20s}}\n");
	struct verdict v = judge(rules, "GET", "/a", "alice", NULL);
	const struct requirement *req = &v.requirement;

	assert_int_equal(v.kind, VERDICT_APPROVAL);
	expect_span(rule_name(v.rule), SPAN("first"));
	assert_int_equal(req->need_count, 2);
	expect_span(req->needs[0].group, SPAN("sre"));
	assert_int_equal(req->needs[0].count, 2);
	expect_span(req->needs[1].group, SPAN("finance"));
	assert_int_equal(req->needs[1].count, 2);
	assert_true(req->rejects);
	assert_int_equal(req->hold_for_us, 20 * SECOND_US);
	assert_int_equal(req->expires_us, 600 * SECOND_US);
	assert_int_equal(req->valid_for_us, 300 * SECOND_US);
	assert_int_equal(req->uses, 1);
	assert_int_equal(req->reason, REASON_REQUIRED);
	assert_false(req->keeps_on_disconnect);
	assert_int_equal(req->pending_status, 503);
	assert_true(requirement_reason_matches(req, SPAN("x")));
	assert_false(requirement_reason_matches(req, SPAN("")));
	ruleset_unref(&rules);
}

static void
one_rule_asks_with_its_own_effect(void **state UNUSED)
{
	struct ruleset *rules = policy_get(
		"rules:\n"
		"- {name: r, match: {path: [/a, /A, /a/]}, verdict: approval, approval: {from: {group: sre}}}\n");
	struct verdict v = judge(rules, "GET", "/a", "alice", NULL);
	struct digest effect = effect_of(&v.requirement);

	assert_int_equal(v.kind, VERDICT_APPROVAL);
	assert_int_equal(v.requirement.need_count, 1);
	assert_true(digest_eq(&v.requirement.effect, &effect));
	ruleset_unref(&rules);
}

/* More rules than one walk collects: the last one must still be heard. */
static void
no_approval_rule_is_one_too_many(void **state UNUSED)
{
	struct buf text = BUF_INIT(1 << 20);
	struct ruleset *rules;
	struct verdict v;

	buf_addf(&text, "rules:\n");
	for (int i = 0; i < 100; i++)
		buf_addf(&text, "- {name: r%d, match: {path: /a/%s}, verdict: approval, "
		         "approval: {from: {group: g%d, count: %d}, uses: %d}}\n",
		         i, i % 2 ? "**" : "b", i % 5, i / 5 + 1, 200 - i);
	rules = policy_get(buf_cstr(&text));
	v = judge(rules, "GET", "/a/b", "alice", NULL);
	assert_int_equal(v.kind, VERDICT_APPROVAL);
	expect_span(rule_name(v.rule), SPAN("r0"));
	assert_int_equal(v.requirement.uses, 101);
	assert_int_equal(v.requirement.need_count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(v.requirement.needs[i].count, 20);
	buf_clear(&text);
	ruleset_unref(&rules);
}

static void
demands_that_do_not_fit_are_denied(void **state UNUSED)
{
	struct buf text = BUF_INIT(1 << 20);
	struct ruleset *rules;
	struct verdict v;

	buf_addf(&text, "rules:\n");
	for (int i = 0; i <= NEEDS_MAX; i++)
		buf_addf(&text, "- {name: r%d, match: {method: [%s]}, verdict: approval, "
		         "approval: {from: {group: g%d}}}\n",
		         i, i < NEEDS_MAX ? "POST, PUT" : "PUT", i);
	rules = policy_get(buf_cstr(&text));
	v = judge(rules, "POST", "/a", "alice", NULL);
	assert_int_equal(v.kind, VERDICT_APPROVAL);
	assert_int_equal(v.requirement.need_count, NEEDS_MAX);
	v = judge(rules, "PUT", "/a", "alice", NULL);
	assert_int_equal(v.kind, VERDICT_DENY);
	expect_span(rule_name(v.rule), SPAN("r0"));
	buf_clear(&text);
	ruleset_unref(&rules);
}

static void
every_pattern_of_a_reason_counts(void **state UNUSED)
{
	struct ruleset *rules = policy_get(
		"defaults: {approval: {from: {group: sre}}}\n"
		"rules:\n"
		"- {name: a, match: {}, verdict: approval, approval: {reason: {pattern: '.*INC-[0-9]+.*'}}}\n"
		"- {name: b, match: {path: /b}, verdict: approval, approval: {reason: {pattern: '.{10,}'}}}\n"
		"- {name: c, match: {path: /b}, verdict: approval, approval: {reason: {pattern: '.{10,}'}}}\n");
	struct verdict v = judge(rules, "GET", "/b", "alice", NULL);

	assert_int_equal(v.requirement.reason, REASON_PATTERN);
	assert_int_equal(v.requirement.reason_rule_count, 2);
	expect_span(rule_name(v.requirement.reason_rule), SPAN("a"));
	assert_true(requirement_reason_matches(&v.requirement, SPAN("see INC-12 for why")));
	assert_false(requirement_reason_matches(&v.requirement, SPAN("INC-12")));
	assert_false(requirement_reason_matches(&v.requirement, SPAN("a long reason")));
	assert_false(requirement_reason_matches(&v.requirement, SPAN("")));
	ruleset_unref(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(approval_rules_that_match_ask_together),
		cmocka_unit_test(one_rule_asks_with_its_own_effect),
		cmocka_unit_test(no_approval_rule_is_one_too_many),
		cmocka_unit_test(demands_that_do_not_fit_are_denied),
		cmocka_unit_test(every_pattern_of_a_reason_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
