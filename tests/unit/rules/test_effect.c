/* Digests of what rules do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/effect.h"

#define RULE(rest) "rules:\n- {name: r, match: {path: /a}, verdict: approval, " rest "}\n"

/* The first is what the others are held against. */
static const struct row {
	const char *policy;
	bool same_effect, same_policy;
} rows[] = {
	{RULE("approval: {from: {group: sre}}"), true, true},
	{RULE("approval: {from: {count: 1, group: sre}, uses: 1, mode: hold, expires: 1800s}"), true, true},
	{RULE("title: Other words, approval: {from: {group: sre}}"), true, true},
	{"defaults: {approval: {from: {group: sre}}}\n" RULE("approval: {}"), true, true},
	{RULE("approval: {from: {group: sre}, on_disconnect: keep}"), true, false},
	{RULE("approval: {from: {group: sre}, pending_status: 503}"), true, false},
	{RULE("approval: {from: {group: ops}}"), false, false},
	{RULE("approval: {from: {group: sre, count: 2}}"), false, false},
	{RULE("approval: {from: {group: sre}, mode: reject}"), false, false},
	{RULE("approval: {from: {group: sre}, hold_for: 49s}"), false, false},
	{RULE("approval: {from: {group: sre}, expires: 29m}"), false, false},
	{RULE("approval: {from: {group: sre}, valid_for: 9m}"), false, false},
	{RULE("approval: {from: {group: sre}, uses: 2}"), false, false},
	{RULE("approval: {from: {group: sre}, reason: required}"), false, false},
	{RULE("approval: {from: {group: sre}, reason: {pattern: x}}"), false, false},
	{RULE("except: {method: POST}, approval: {from: {group: sre}}"), true, false},
	{RULE("except: {requester: {user: bob}}, approval: {from: {group: sre}}"), true, false},
	{"rules:\n- {name: q, match: {path: /a}, verdict: approval, approval: {from: {group: sre}}}\n", true, false},
	{"rules:\n- {name: r, match: {path: /**}, verdict: approval, approval: {from: {group: sre}}}\n", true, false},
	{"rules:\n- {name: r, match: {path_regex: /a}, verdict: approval, approval: {from: {group: sre}}}\n", true, false},
	{"otherwise: allow\n" RULE("approval: {from: {group: sre}}"), true, false},
	{RULE("approval: {from: {group: sre}, bind: exact}"), true, true},
	{RULE("approval: {from: {group: sre}, bind: [path]}"), false, false},
	{RULE("approval: {from: {group: sre}, bind: {exact_except: ['query:a']}}"), false, false},
	{RULE("observe: false, approval: {from: {group: sre}}"), true, true},
	{RULE("except: {query: {a: x}}, approval: {from: {group: sre}}"), true, false},
	{RULE("except: {source: 10.0.0.0/8}, approval: {from: {group: sre}}"), true, false},
	{RULE("except: {time: {days: mon, hours: '00:00-00:01'}}, approval: {from: {group: sre}}"), true, false},
};

static void
wording_does_not_count_and_demands_do(void **state UNUSED)
{
	struct ruleset *first = policy_get(rows[0].policy);
	struct verdict wanted = judge(first, "GET", "/a", "alice", NULL);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ruleset *rules = policy_get(rows[i].policy);
		struct verdict v = judge(rules, "GET", "/a", "alice", NULL);

		assert_int_equal(v.kind, VERDICT_APPROVAL);
		if (digest_eq(&v.requirement.effect, &wanted.requirement.effect) != rows[i].same_effect ||
		    digest_eq(ruleset_digest(rules), ruleset_digest(first)) != rows[i].same_policy)
			fail_msg("%s", rows[i].policy);
		ruleset_unref(&rules);
	}
	ruleset_unref(&first);
}

/* What is asked together is what counts, however it came about. */
static void
exceptions_that_cancel_out_are_exact(void **state UNUSED)
{
#define BOTH(a, b) \
	"defaults: {approval: {from: {group: sre}}}\nrules:\n" \
	"- {name: r, match: {}, verdict: approval, approval: {bind: " a "}}\n" \
	"- {name: s, match: {}, verdict: approval, approval: {bind: " b "}}\n"
	struct ruleset *exact = policy_get(BOTH("exact", "exact"));
	struct ruleset *cancelled = policy_get(
		BOTH("{exact_except: ['query:a']}", "{exact_except: ['query:b']}"));
	struct verdict a = judge(exact, "GET", "/", "alice", NULL);
	struct verdict b = judge(cancelled, "GET", "/", "alice", NULL);

	assert_true(digest_eq(&a.requirement.effect, &b.requirement.effect));
	ruleset_unref(&exact);
	ruleset_unref(&cancelled);
#undef BOTH
}

static void
the_order_of_needs_does_not_count(void **state UNUSED)
{
	struct requirement a = {.needs = {{SPAN("x"), 1}, {SPAN("y"), 2}}, .need_count = 2};
	struct requirement b = {.needs = {{SPAN("y"), 2}, {SPAN("x"), 1}}, .need_count = 2};
	struct requirement c = {.needs = {{SPAN("y"), 1}, {SPAN("x"), 2}}, .need_count = 2};
	struct digest of_a = effect_of(&a), of_b = effect_of(&b), of_c = effect_of(&c);

	assert_true(digest_eq(&of_a, &of_b));
	assert_false(digest_eq(&of_a, &of_c));
}

/* Every part of a condition is part of the policy: no two of these are alike. */
static const char *const conditions[] = {
	"query: {a: x}", "query: {b: x}", "headers: {a: x}", "form: {a: x}", "body: {/a: x}",
	"query: {a: y}", "query: {a: [x]}", "query: {a: [x, y]}", "query: {a: {prefix: x}}",
	"query: {a: {regex: x}}", "query: {a: 1}", "query: {a: '1'}", "query: {a: {gt: 1}}",
	"query: {a: {ge: 1}}", "query: {a: {lt: 1}}", "query: {a: {le: 1}}", "query: {a: true}",
	"query: {a: false}", "query: {a: {exists: true}}", "query: {a: {exists: false}}",
	"query: {a: {not: x}}", "query: {a: {not: {not: x}}}", "query: {a: x, b: x}",
	"source: 10.0.0.0/8", "source: 10.0.0.0/9", "source: 11.0.0.0/8", "source: unix",
	"source: [unix, 10.0.0.0/8]", "source: '::/0'", "source: 0.0.0.0/0", "time: {days: mon}",
	"time: {days: tue}", "time: {hours: '01:00-02:00'}", "time: {hours: '01:00-03:00'}",
	"time: {hours: ['01:00-02:00', '03:00-04:00']}",
};

static void
every_part_of_a_condition_counts(void **state UNUSED)
{
	struct digest digests[ARRAY_LEN(conditions)];

	for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
		struct buf text = BUF_INIT(1000);
		struct ruleset *rules;

		buf_addf(&text, "rules:\n- {name: r, match: {%s}, verdict: deny}\n", conditions[i]);
		rules = policy_get(buf_cstr(&text));
		digests[i] = *ruleset_digest(rules);
		for (size_t j = 0; j < i; j++) {
			if (digest_eq(&digests[i], &digests[j]))
				fail_msg("%s, %s", conditions[i], conditions[j]);
		}
		ruleset_unref(&rules);
		buf_clear(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_of_a_condition_counts),
		cmocka_unit_test(wording_does_not_count_and_demands_do),
		cmocka_unit_test(exceptions_that_cancel_out_are_exact),
		cmocka_unit_test(the_order_of_needs_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
