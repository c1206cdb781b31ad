/* Value tests that nothing can pass. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

static const struct {
	const char *test;
	const char *says; /* NULL: nothing */
} rows[] = {
	{"{gt: 5, lt: 5}", "no number lies between"},
	{"{ge: 5, lt: 5.0}", "no number lies between"},
	{"{gt: 5, le: 5}", "no number lies between"},
	{"{ge: 5.1, le: 5}", "no number lies between"},
	{"{ge: 5, le: 5}", NULL},
	{"{gt: 4, lt: 5}", NULL},
	{"{exists: false, eq: x}", "what is absent passes no other test"},
	{"{exists: false, not: x}", NULL},
	{"{exists: true, eq: x}", NULL},
	{"{eq: x, prefix: y}", "exclude what it has to equal"},
	{"{eq: x, in: [y, z]}", "exclude what it has to equal"},
	{"{eq: 5, gt: 7}", "exclude what it has to equal"},
	{"{eq: 5, gt: 3}", NULL},
	{"{eq: x, not: x}", "exclude what it has to equal"},
	{"{eq: true, not: true}", "exclude what it has to equal"},
	{"{not: {gt: 5, lt: 3}}", "no number lies between"},
};

static void
what_nothing_can_pass_is_warned_of(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct complaints *why = complaints_new();
		struct buf text = BUF_INIT(1000), said = BUF_INIT(COMPLAINTS_TEXT_MAX);
		struct ruleset *rules;

		buf_addf(&text, "rules:\n- {name: a, match: {query: {a: %s}}, verdict: deny}\n",
		         rows[i].test);
		rules = policy_read(buf_cstr(&text), why);
		complaints_text(why, &said);
		if (!rules || (rows[i].says ? !strstr(buf_cstr(&said), rows[i].says) : said.len > 0))
			fail_msg("%s\n%s", rows[i].test, buf_cstr(&said));
		ruleset_unref(&rules);
		buf_clear(&text);
		buf_clear(&said);
		complaints_free(why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nothing_can_pass_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
