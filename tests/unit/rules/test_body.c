/* What is known of a body, for which methods it is needed, and who may do without. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "tests/unit/rules/asking.h"

static struct ruleset *
two_rules(void)
{
	return policy_get("rules:\n"
	                  "- {name: body, match: {path: /a, body: {/x: 1}}, verdict: deny}\n"
	                  "- {name: sure, match: {path: /a, query: {no: '1'}}, verdict: deny}\n"
	                  "- {name: rest, match: {}, verdict: allow}\n");
}

static void
a_body_is_absent_where_the_method_needs_none(void **state UNUSED)
{
	static const struct {
		enum method method;
		enum body_kind kind;
		uint64_t length;
		bool is_absent;
	} rows[] = {
		{METHOD_GET, BODY_NONE, 0, true},
		{METHOD_HEAD, BODY_NONE, 0, true},
		{METHOD_OPTIONS, BODY_SIZED, 0, true},
		{METHOD_GET, BODY_SIZED, 1, false},
		{METHOD_GET, BODY_CHUNKED, 0, false},
		{METHOD_POST, BODY_NONE, 0, false},
		{METHOD_DELETE, BODY_NONE, 0, false},
		{METHOD_PUT, BODY_SIZED, 0, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct request r = {.method = rows[i].method, .framing.kind = rows[i].kind,
		                    .framing.length = rows[i].length};

		assert_int_equal(body_is_absent(&r), rows[i].is_absent);
	}
}

static void
facts_are_found_where_rules_look(void **state UNUSED)
{
	struct ruleset *rules = two_rules();
	struct asking a;
	struct body_facts facts;

	assert_int_equal(asking_begin(&a, &(struct asking_text){
		.method = SPAN("POST"), .target = SPAN("/a"), .body = SPAN("{\"x\": 1}"),
		.fields = SPAN("Content-Type: application/json\r\n"),
	}), FAULT_NONE);
	assert_null(body_facts_at(NULL, 0));
	body_facts_read(&facts, ruleset_pointers(rules), &a.request, a.body, &a.arena);
	assert_int_equal(facts.fault, FAULT_NONE);
	assert_int_equal(body_facts_at(&facts, 0)->found, JSON_FOUND);
	expect_span(body_facts_at(&facts, 0)->raw, SPAN("1"));
	body_facts_fault(&facts, FAULT_BODY_TOO_LARGE);
	assert_null(body_facts_at(&facts, 0));
	asking_end(&a);
	ruleset_unref(&rules);
}

/* The proxy judges before and after it has the body: the answers may not contradict. */
static void
a_denial_without_a_body_stays_the_same_with_one(void **state UNUSED)
{
	struct ruleset *rules = two_rules();
	struct asking a;
	struct body_facts facts;
	struct verdict v;

	assert_int_equal(asking_begin(&a, &(struct asking_text){
		.method = SPAN("POST"), .target = SPAN("/a?no=1"), .body = SPAN("{\"x\": 1}"),
		.fields = SPAN("Content-Type: application/json\r\n"),
	}), FAULT_NONE);
	ruleset_judge(rules, &a.subject, &v);
	assert_int_equal(v.needs_body, BODY_NEED_NONE);
	expect_span(rule_name(v.rule), SPAN("sure"));
	body_facts_read(&facts, ruleset_pointers(rules), &a.request, a.body, &a.arena);
	a.subject.body = &facts;
	ruleset_judge(rules, &a.subject, &v);
	expect_span(rule_name(v.rule), SPAN("sure"));
	body_facts_fault(&facts, FAULT_BODY_TOO_LARGE);
	ruleset_judge(rules, &a.subject, &v);
	assert_int_equal(v.fault, FAULT_NONE);
	expect_span(rule_name(v.rule), SPAN("sure"));
	asking_end(&a);
	ruleset_unref(&rules);
}

static void
until_the_body_is_there_the_answer_is_no(void **state UNUSED)
{
	struct ruleset *rules = two_rules();
	struct asking a;
	struct verdict v;

	assert_int_equal(asking_begin(&a, &(struct asking_text){
		.method = SPAN("POST"), .target = SPAN("/a"), .body = SPAN("{}"),
	}), FAULT_NONE);
	ruleset_judge(rules, &a.subject, &v);
	assert_int_equal(v.needs_body, BODY_NEED_RULES);
	assert_int_equal(v.kind, VERDICT_DENY);
	expect_span(rule_name(v.rule), SPAN("body"));
	body_facts_fault(&a.facts, FAULT_BODY_TOO_LARGE);
	a.subject.body = &a.facts;
	ruleset_judge(rules, &a.subject, &v);
	assert_int_equal(v.needs_body, BODY_NEED_NONE);
	assert_int_equal(v.fault, FAULT_BODY_TOO_LARGE);
	asking_end(&a);
	ruleset_unref(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_is_absent_where_the_method_needs_none),
		cmocka_unit_test(facts_are_found_where_rules_look),
		cmocka_unit_test(a_denial_without_a_body_stays_the_same_with_one),
		cmocka_unit_test(until_the_body_is_there_the_answer_is_no),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
