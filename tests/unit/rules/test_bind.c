/* What people sign, united: never less than any of the rules wants signed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

static const char exact[] = "exact";

/* Two demands, and what they are together; the order must not matter. */
static const struct {
	const char *a, *b;
	const char *both;
} rows[] = {
	{exact, "[path]", exact},
	{exact, "{exact_except: ['query:a']}", exact},
	{"[query, 'header:X-B']", "['header:X-A', 'body:/a']", "query header:x-a header:x-b body:/a"},
	{"['query:a', 'body:/a/b']", "[query, 'body:/a']", "query body:/a"},
	{"['body:/a', 'body:/ab']", "[body]", "body"},
	{"['body:/a']", "['body:/ab']", "body:/a body:/ab"},
	{"{exact_except: ['query:a', 'query:b']}", "{exact_except: ['query:b', 'header:X']}", "but query:b"},
	{"{exact_except: ['body:/a']}", "{exact_except: ['body:/a/b', 'body:/c']}", "but body:/a/b"},
	{"{exact_except: ['query:a']}", "{exact_except: ['query:b']}", exact},
	{"{exact_except: ['query:a']}", "['query:a', path]", exact},
	{"{exact_except: ['query:a', 'query:b', 'body:/a']}", "['query:a']", "but query:b body:/a"},
	{"{exact_except: ['query:a', 'header:X']}", "[query]", "but header:x"},
	{"{exact_except: ['body:/a', 'body:/b']}", "['body:/a/b']", "but body:/b"},
	{"{exact_except: ['body:/a/b', 'body:/b']}", "['body:/a']", "but body:/b"},
};

static void
say(const struct bind *b, struct buf *to)
{
	if (b->mode == BIND_EXACT)
		buf_addf(to, "exact");
	if (b->mode == BIND_EXACT_EXCEPT)
		buf_addf(to, "but");
	for (size_t i = 0; i < b->count; i++) {
		buf_addf(to, "%s", to->len ? " " : "");
		bind_part_text(b->parts[i], to);
	}
}

static void
check(const char *a, const char *b, const char *both)
{
	struct buf text = BUF_INIT(10000), said = BUF_INIT(10000);
	struct ruleset *rules;
	struct verdict v;

	buf_addf(&text, "rules:\n"
	         "- {name: a, match: {}, verdict: approval, approval: {from: {group: sre}, bind: %s}}\n"
	         "- {name: b, match: {}, verdict: approval, approval: {from: {group: sre}, bind: %s}}\n",
	         a, b);
	rules = policy_get(buf_cstr(&text));
	v = judge(rules, "GET", "/", "alice", NULL);
	assert_int_equal(v.kind, VERDICT_APPROVAL);
	say(&v.requirement.bind, &said);
	if (strcmp(buf_cstr(&said), both) != 0)
		fail_msg("%s with %s: %s", a, b, buf_cstr(&said));
	ruleset_unref(&rules);
	buf_clear(&text);
	buf_clear(&said);
}

static void
all_that_any_rule_binds_is_bound(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		check(rows[i].a, rows[i].b, rows[i].both);
		check(rows[i].b, rows[i].a, rows[i].both);
	}
}

static void
more_parts_than_fit_are_denied(void **state UNUSED)
{
	struct buf text = BUF_INIT(1 << 16);
	struct ruleset *rules;

	buf_addf(&text, "rules:\n");
	for (int i = 0; i <= BIND_PARTS_MAX; i++)
		buf_addf(&text, "- {name: r%d, match: {method: [%s]}, verdict: approval, "
		         "approval: {from: {group: sre}, bind: ['query:p%d']}}\n",
		         i, i < BIND_PARTS_MAX ? "POST, PUT" : "PUT", i);
	rules = policy_get(buf_cstr(&text));
	assert_int_equal(judge(rules, "POST", "/", "alice", NULL).kind, VERDICT_APPROVAL);
	assert_int_equal(judge(rules, "POST", "/", "alice", NULL).requirement.bind.count,
	                 BIND_PARTS_MAX);
	assert_int_equal(judge(rules, "PUT", "/", "alice", NULL).kind, VERDICT_DENY);
	ruleset_unref(&rules);
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_any_rule_binds_is_bound),
		cmocka_unit_test(more_parts_than_fit_are_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
