/* Rules as people write them: what is taken, and what is said to what is not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#define RULE(rest) "rules:\n  - {name: r, " rest "}\n"
#define GATE(rest) RULE("match: {path: /a}, verdict: approval, approval: {" rest "}")
#define MATCH(rest) RULE("verdict: allow, match: {" rest "}")

static const struct row {
	const char *policy;
	const char *says; /* a part of the complaints */
} wrongs[] = {
	{"rules: 1\n", "a list"},
	{"rules:\n  - 1\n", "a map"},
	{"rules:\n  - {match: {}, verdict: allow}\n", "needs the key \"name\""},
	{"rules:\n  - {name: 'a b', match: {}, verdict: allow}\n", "names have letters"},
	{"rules:\n  - {name: a, match: {}, verdict: allow}\n  - {name: b, match: {}, verdict: allow}\n  - {name: a, match: {}, verdict: deny}\n",
	 "policy:4:12: error: rules[2].name: line 2 has a rule of this name already"},
	{RULE("verdict: allow"), "needs the key \"match\""},
	{RULE("match: {}"), "needs the key \"verdict\""},
	{RULE("match: {}, verdict: allow, observe: yes"), "true or false"},
	{RULE("match: {}, verdict: alow"), "did you mean \"allow\"?"},
	{RULE("match: {}, verdict: allow, exept: {}"), "did you mean \"except\"?"},
	{RULE("match: {}, verdict: allow, except: {}"), "an empty exception would silence the rule"},
	{RULE("match: {}, verdict: allow, approval: {from: {group: sre}}"), "verdict: approval"},

	{MATCH("method: get"), "did you mean \"GET\"?"},
	{MATCH("method: [GET, PURGE]"), "DELETE or OPTIONS"},
	{MATCH("method: {a: b}"), "string"},
	{MATCH("path: a"), "starts with \"/\""},
	{MATCH("path: [/ok, /a**]"), "rules[0].match.path[1]: \"*\" stands for a whole segment"},
	{MATCH("path: '/a/{id'"), "never closed"},
	{MATCH("path: '/a/{id:[}'"), "not a regular expression"},
	{MATCH("path: /a//b"), "no path that is let in"},
	{MATCH("path: {x: y}"), "string"},
	{MATCH("path: /a, path_regex: /b.*"), "path or path_regex, not both"},
	{MATCH("path_regex: '/a('"), "not a regular expression"},
	{MATCH("host: A.example"), "lower case"},
	{MATCH("host: ['a.example:80']"), "without port"},
	{MATCH("host: 'a.*.example'"), "no request has such a host"},
	{MATCH("requester: {}"), "names nobody"},
	{MATCH("requester: {group: sre}"), "did you mean \"groups\"?"},
	{MATCH("requester: alice"), "a map"},
	{MATCH("pth: /a"), "did you mean \"path\"?"},
	{RULE("verdict: allow, match: {path: '/{a}'}, title: 'x {b}'"), "no path has \"b\""},
	{RULE("verdict: allow, match: {path: ['/{a}', /b]}, title: '{a}'"), "not every path has \"a\""},
	{RULE("verdict: allow, match: {}, title: '{a}'"), "no path has \"a\""},
	{RULE("verdict: allow, match: {path: '/{a}'}, title: '{a'"), "no partner"},
	{RULE("verdict: allow, match: {path: '/{a}'}, title: 'a}'"), "no partner"},

	{RULE("match: {}, verdict: approval"), "nobody is named who may approve"},
	{GATE("hold_for: 10s"), "nobody is named who may approve"},
	{GATE("from: sre"), "a map"},
	{GATE("from: {count: 2}"), "needs the key \"group\""},
	{GATE("from: {group: sre, count: 0}"), "count"},
	{GATE("from: {group: sre, count: '2'}"), "count"},
	{GATE("from: {all: [{group: sre, count: 1}]}"), "from.all: not supported yet"},
	{GATE("from: {any: [{group: sre, count: 1}]}"), "from.any: not supported yet"},
	{GATE("from: {group: sre}, mode: held"), "did you mean \"hold\"?"},
	{GATE("from: {group: sre}, hold_for: 10"), "hold_for"},
	{GATE("from: {group: sre}, hold_for: 0s"), "hold_for"},
	{GATE("from: {group: sre}, expires: never"), "expires"},
	{GATE("from: {group: sre}, valid_for: 1y"), "valid_for"},
	{GATE("from: {group: sre}, uses: 0"), "uses"},
	{GATE("from: {group: sre}, uses: many"), "uses"},
	{GATE("from: {group: sre}, bind: exactly"), "exact"},
	{GATE("from: {group: sre}, reason: yes-please"), "optional or required"},
	{GATE("from: {group: sre}, reason: {pattern: '('}"), "not a regular expression"},
	{GATE("from: {group: sre}, reason: {}"), "needs the key \"pattern\""},
	{GATE("from: {group: sre}, on_disconnect: drop"), "cancel or keep"},
	{GATE("from: {group: sre}, pending_status: 404"), "428, 403, 429 or 503"},
	{GATE("from: {group: sre}, confirm: passkey"), "confirm: not supported yet"},
	{GATE("from: {group: sre}, escalate: {after: 10m}"), "escalate: not supported yet"},
	{GATE("from: {group: sre}, notify: [x]"), "notify: not supported yet"},
	{"defaults: {approval: {hold_fro: 3s}}\nrules: []\n", "did you mean \"hold_for\"?"},
	{"defaults: {aproval: {}}\nrules: []\n", "did you mean \"approval\"?"},
};

static void
what_is_wrong_is_said_in_place(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(wrongs); i++) {
		struct complaints *why = complaints_new();
		struct buf said = BUF_INIT(COMPLAINTS_TEXT_MAX);

		if (policy_read(wrongs[i].policy, why))
			fail_msg("%s is taken", wrongs[i].policy);
		complaints_text(why, &said);
		if (!strstr(buf_cstr(&said), wrongs[i].says))
			fail_msg("%s\n%s", wrongs[i].policy, buf_cstr(&said));
		if (complaints_errors(why) != 1)
			fail_msg("said more than once:\n%s", buf_cstr(&said));
		buf_clear(&said);
		complaints_free(why);
	}
}

static const struct row warnings[] = {
	{MATCH("method: GET"), "GET does not cover HEAD"},
	{MATCH("method: []"), "an empty list matches no request"},
	{MATCH("path: []"), "an empty list matches no request"},
	{MATCH("path_regex: []"), "an empty list matches no request"},
	{MATCH("host: []"), "an empty list matches no request"},
	{MATCH("requester: {user: []}"), "an empty list matches no request"},
	{MATCH("path_regex: admin"), "every path starts with"},
	{MATCH("path_regex: /admin"), "this one path and no other"},
	{MATCH("path_regex: '/(a+)+'"), "repeats inside"},
	{GATE("from: {group: sre}, mode: reject, hold_for: 2h, expires: 1h"), "longer than people have to decide"},
	{GATE("from: {group: sre}, hold_for: 61s"), "never see the ticket"},
	{"defaults: {approval: {hold_for: 10m}}\n" GATE("from: {group: sre}"), "never see the ticket"},
};

static void
what_is_hardly_meant_is_warned_of(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(warnings); i++) {
		struct complaints *why = complaints_new();
		struct ruleset *rules = policy_read(warnings[i].policy, why);
		struct buf said = BUF_INIT(COMPLAINTS_TEXT_MAX);

		complaints_text(why, &said);
		if (!rules || complaints_warnings(why) != 1 ||
		    !strstr(buf_cstr(&said), warnings[i].says))
			fail_msg("%s\n%s", warnings[i].policy, buf_cstr(&said));
		ruleset_unref(&rules);
		buf_clear(&said);
		complaints_free(why);
	}
}

static void
all_that_is_wrong_is_said_at_once(void **state UNUSED)
{
	struct complaints *why = complaints_new();

	assert_null(policy_read("defaults: {approval: {uses: 0}}\n"
	                        "rules:\n"
	                        "- {name: a, match: {method: X, path: b}, verdict: allow}\n"
	                        "- {name: a, match: {}, verdict: approval}\n", why));
	assert_int_equal(complaints_errors(why), 5);
	complaints_free(why);
}

static void
defaults_are_those_of_the_contract(void **state UNUSED)
{
	struct ruleset *rules = policy_get(GATE("from: {group: sre}"));
	struct verdict v = judge(rules, "GET", "/a", "alice", NULL);
	const struct requirement *req = &v.requirement;

	assert_int_equal(v.kind, VERDICT_APPROVAL);
	assert_int_equal(req->needs[0].count, 1);
	assert_false(req->rejects);
	assert_int_equal(req->hold_for_us, 50 * SECOND_US);
	assert_int_equal(req->expires_us, 30 * 60 * SECOND_US);
	assert_int_equal(req->valid_for_us, 10 * 60 * SECOND_US);
	assert_int_equal(req->uses, 1);
	assert_int_equal(req->reason, REASON_OPTIONAL);
	assert_false(req->keeps_on_disconnect);
	assert_int_equal(req->pending_status, 428);
	ruleset_unref(&rules);
}

static void
a_rules_own_keys_win_one_by_one(void **state UNUSED)
{
	struct ruleset *rules = policy_get(
		"defaults: {approval: {from: {group: sre, count: 3}, hold_for: 30s, mode: reject, reason: {pattern: x}}}\n"
		"rules:\n"
		"- {name: a, match: {path: /a}, verdict: approval}\n"
		"- {name: b, match: {path: /b}, verdict: approval, approval: {from: {group: ops}, uses: 2, reason: optional}}\n");
	struct verdict a = judge(rules, "GET", "/a", "alice", NULL);
	struct verdict b = judge(rules, "GET", "/b", "alice", NULL);

	expect_span(a.requirement.needs[0].group, SPAN("sre"));
	assert_int_equal(a.requirement.needs[0].count, 3);
	assert_int_equal(a.requirement.reason, REASON_PATTERN);
	assert_int_equal(a.requirement.uses, 1);
	expect_span(b.requirement.needs[0].group, SPAN("ops"));
	assert_int_equal(b.requirement.needs[0].count, 1);
	assert_int_equal(b.requirement.hold_for_us, 30 * SECOND_US);
	assert_true(b.requirement.rejects);
	assert_int_equal(b.requirement.reason, REASON_OPTIONAL);
	assert_int_equal(b.requirement.uses, 2);
	assert_true(requirement_reason_matches(&b.requirement, SPAN("")));
	ruleset_unref(&rules);
}

static void
no_rules_are_a_policy_too(void **state UNUSED)
{
	struct complaints *why = complaints_new();
	struct ruleset *rules = ruleset_load(NULL, NULL, VERDICT_ALLOW, why);

	assert_non_null(rules);
	assert_int_equal(judge(rules, "GET", "/", NULL, NULL).kind, VERDICT_ALLOW);
	ruleset_unref(&rules);
	complaints_free(why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_said_in_place),
		cmocka_unit_test(what_is_hardly_meant_is_warned_of),
		cmocka_unit_test(all_that_is_wrong_is_said_at_once),
		cmocka_unit_test(defaults_are_those_of_the_contract),
		cmocka_unit_test(a_rules_own_keys_win_one_by_one),
		cmocka_unit_test(no_rules_are_a_policy_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
