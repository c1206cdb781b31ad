/* Explanations say what was judged, and nothing else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/explain.h"
#include "tests/unit/rules/asking.h"

static const char policy[] =
	"rules:\n"
	"- {name: reads, match: {method: [GET, HEAD]}, verdict: allow}\n"
	"- {name: force, match: {path: /jobs/**, query: {force: 'true', n: {gt: 5, not: [7, 8]}}}, verdict: deny}\n"
	"- {name: large, match: {path: /pay, method: POST, body: {/amount: {ge: 10}}}, except: {source: 10.0.0.0/8}, verdict: deny}\n"
	"- {name: who, match: {path: /who, host: a.example, requester: {user: bob, groups: [x]}, headers: {X-A: {regex: 'a+'}}}, verdict: deny, observe: true}\n"
	"- {name: when, match: {path: /when, time: {days: sun, hours: '10:00-11:00'}, source: unix}, verdict: deny}\n";

static json_t *
explain(const char *method, const char *target, const char *body)
{
	struct ruleset *rules = policy_get(policy);
	struct asking a;
	struct body_facts facts;
	json_t *json;

	assert_int_equal(asking_begin(&a, &(struct asking_text){
		.method = span_cstr(method), .target = span_cstr(target), .body = span_cstr(body),
		.fields = SPAN("Content-Type: application/json\r\nX-A: aaa\r\n"),
		.source = SPAN("192.0.2.7"), .now = {1795341900 * SECOND_US},
	}), FAULT_NONE);
	if (body) {
		body_facts_read(&facts, ruleset_pointers(rules), &a.request, a.body, &a.arena);
		a.subject.body = &facts;
	}
	json = ruleset_explain(rules, &a.subject);
	asking_end(&a);
	ruleset_unref(&rules);
	return json;
}

static void
expect_json(json_t *json, size_t rule, const char *wanted)
{
	json_t *is = rule == SIZE_MAX ? json : json_array_get(json_object_get(json, "rules"), rule);
	json_t *should = json_loads(wanted, JSON_DECODE_ANY, NULL);
	char *text;

	if (rule == SIZE_MAX)
		json_object_del(is, "rules");
	text = json_dumps(is, JSON_COMPACT);
	assert_non_null(should);
	if (!json_equal(is, should))
		fail_msg("is %s\nwanted %s", text, wanted);
	free(text);
	json_decref(should);
}

static void
every_key_says_what_it_asked_and_saw(void **state UNUSED)
{
	json_t *json = explain("GET", "/jobs/7?force=true&n=x", NULL);

	assert_int_equal(json_array_size(json_object_get(json, "rules")), 5);
	expect_json(json, 0, "{\"rule\": \"reads\", \"verdict\": \"allow\", \"observe\": false, "
	            "\"needs_body\": false, \"applies\": true, \"match\": {\"truth\": \"true\", \"keys\": ["
	            "{\"key\": \"method\", \"asked\": [\"GET\", \"HEAD\"], \"seen\": \"GET\", \"truth\": \"true\"}]}}");
	expect_json(json, 1, "{\"rule\": \"force\", \"verdict\": \"deny\", \"observe\": false, "
	            "\"needs_body\": false, \"applies\": true, \"match\": {\"truth\": \"cannot_tell\", \"keys\": ["
	            "{\"key\": \"path\", \"asked\": [\"/jobs/**\"], \"seen\": \"/jobs/7\", \"truth\": \"true\"}, "
	            "{\"key\": \"query\", \"name\": \"force\", \"asked\": {\"eq\": \"true\"}, \"seen\": \"true\", \"truth\": \"true\"}, "
	            "{\"key\": \"query\", \"name\": \"n\", \"asked\": {\"gt\": \"5\", \"not\": {\"in\": [\"7\", \"8\"]}}, "
	            "\"seen\": \"x\", \"truth\": \"cannot_tell\", \"why\": \"other-type\"}]}}");
	expect_json(json, SIZE_MAX, "{\"verdict\": \"deny\", \"rule\": \"force\", \"wants_name\": false, "
	            "\"needs_body\": \"none\", \"otherwise\": \"deny\"}");
	json_decref(json);
}

static void
a_body_that_is_not_read_is_said_to_be_needed(void **state UNUSED)
{
	json_t *json = explain("POST", "/pay", NULL);

	expect_json(json, 2, "{\"rule\": \"large\", \"verdict\": \"deny\", \"observe\": false, "
	            "\"needs_body\": true, \"applies\": false, \"match\": {\"truth\": \"cannot_tell\", \"keys\": ["
	            "{\"key\": \"method\", \"asked\": [\"POST\"], \"seen\": \"POST\", \"truth\": \"true\"}, "
	            "{\"key\": \"path\", \"asked\": [\"/pay\"], \"seen\": \"/pay\", \"truth\": \"true\"}, "
	            "{\"key\": \"body\", \"name\": \"/amount\", \"asked\": {\"ge\": \"10\"}, \"seen\": null, "
	            "\"truth\": \"cannot_tell\", \"why\": \"body-not-read\"}]}, "
	            "\"except\": {\"truth\": \"false\", \"keys\": [{\"key\": \"source\", \"asked\": [\"10.0.0.0/8\"], "
	            "\"seen\": \"192.0.2.7\", \"truth\": \"false\"}]}}");
	expect_json(json, SIZE_MAX, "{\"verdict\": \"deny\", \"rule\": \"large\", \"wants_name\": false, "
	            "\"needs_body\": \"rules\", \"otherwise\": \"deny\"}");
	json_decref(json);
	json = explain("POST", "/pay", "{\"amount\": 12.50}");
	expect_json(json, SIZE_MAX, "{\"verdict\": \"deny\", \"rule\": \"large\", \"wants_name\": false, "
	            "\"needs_body\": \"none\", \"otherwise\": \"deny\"}");
	json_decref(json);
	json = explain("POST", "/pay", "{\"amount\": 1, \"Amount\": 1}");
	expect_json(json, SIZE_MAX, "{\"verdict\": \"deny\", \"rule\": \"large\", \"wants_name\": false, "
	            "\"needs_body\": \"none\", \"otherwise\": \"deny\", \"fault\": \"body-ambiguous\"}");
	json_decref(json);
}

static void
what_is_observed_stands_beside_the_verdict(void **state UNUSED)
{
	json_t *json = explain("GET", "/who", NULL);

	expect_json(json, SIZE_MAX, "{\"verdict\": \"allow\", \"rule\": \"reads\", \"wants_name\": false, "
	            "\"needs_body\": \"none\", \"otherwise\": \"deny\", \"would\": {\"verdict\": \"deny\", \"rule\": \"who\"}}");
	json_decref(json);
}

static void
time_is_shown_as_the_rule_reads_it(void **state UNUSED)
{
	json_t *json = explain("GET", "/when", NULL);

	expect_json(json, 4, "{\"rule\": \"when\", \"verdict\": \"deny\", \"observe\": false, \"needs_body\": false, "
	            "\"applies\": false, \"match\": {\"truth\": \"false\", \"keys\": ["
	            "{\"key\": \"path\", \"asked\": [\"/when\"], \"seen\": \"/when\", \"truth\": \"true\"}, "
	            "{\"key\": \"source\", \"asked\": [\"unix\"], \"seen\": \"192.0.2.7\", \"truth\": \"false\"}, "
	            "{\"key\": \"time\", \"asked\": {\"days\": [\"sun\"], \"hours\": [\"10:00-11:00\"], \"zone\": \"UTC\"}, "
	            "\"seen\": \"sun 10:05\", \"truth\": \"true\"}]}}");
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_says_what_it_asked_and_saw),
		cmocka_unit_test(a_body_that_is_not_read_is_said_to_be_needed),
		cmocka_unit_test(what_is_observed_stands_beside_the_verdict),
		cmocka_unit_test(time_is_shown_as_the_rule_reads_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
