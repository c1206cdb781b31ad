/* What is asked of one value, over everything that a value can be. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/rule.h"

enum { T = TRUTH_TRUE, F = TRUTH_FALSE, C = TRUTH_CANNOT_TELL };

/* A test, and its answer to: absent, text "5", text "x", text "true", a string "x", a string
 * "5", the number 5.0, true, something opaque, something doubtful. */
static const struct {
	const char *test;
	unsigned char truths[10];
} rows[] = {
	{"x", {F, F, T, F, T, F, C, C, C, C}},
	{"'5'", {F, T, F, F, F, T, C, C, C, C}},
	{"5", {F, T, C, C, C, C, T, C, C, C}},
	{"5.00", {F, T, C, C, C, C, T, C, C, C}},
	{"6", {F, F, C, C, C, C, F, C, C, C}},
	{"true", {F, C, C, T, C, C, C, T, C, C}},
	{"false", {F, C, C, F, C, C, C, F, C, C}},
	{"[x, 5]", {F, T, T, C, T, C, T, C, C, C}},
	{"{prefix: x}", {F, F, T, F, T, F, C, C, C, C}},
	{"{regex: '[a-z]'}", {F, F, T, F, T, F, C, C, C, C}},
	{"{gt: 4}", {F, T, C, C, C, C, T, C, C, C}},
	{"{gt: 5}", {F, F, C, C, C, C, F, C, C, C}},
	{"{ge: 5}", {F, T, C, C, C, C, T, C, C, C}},
	{"{lt: 5}", {F, F, C, C, C, C, F, C, C, C}},
	{"{le: 5}", {F, T, C, C, C, C, T, C, C, C}},
	{"{exists: true}", {F, T, T, T, T, T, T, T, T, C}},
	{"{exists: false}", {T, F, F, F, F, F, F, F, F, C}},
	{"{not: x}", {T, T, F, T, F, T, C, C, C, C}},
	{"{not: {exists: true}}", {T, F, F, F, F, F, F, F, F, C}},
	{"{exists: true, not: x}", {F, T, F, T, F, T, C, C, C, C}},
	{"{gt: 4, lt: 6}", {F, T, C, C, C, C, T, C, C, C}},
	{"{prefix: x, gt: 4}", {F, F, C, F, C, F, C, C, C, C}},
	{"{not: {not: 5}}", {F, T, C, C, C, C, T, C, C, C}},
	{"[]", {F, F, F, F, F, F, F, F, F, F}},
	{"{not: []}", {T, T, T, T, T, T, T, T, T, T}},
};

static const struct value values[] = {
	{.kind = VALUE_ABSENT},
	{.kind = VALUE_TEXT, .text = {"5", 1}},
	{.kind = VALUE_TEXT, .text = {"x", 1}},
	{.kind = VALUE_TEXT, .text = {"true", 4}},
	{.kind = VALUE_STRING, .text = {"x", 1}},
	{.kind = VALUE_STRING, .text = {"5", 1}},
	{.kind = VALUE_NUMBER, .text = {"5.0", 3}},
	{.kind = VALUE_BOOLEAN, .boolean = true},
	{.kind = VALUE_OPAQUE, .why = DOUBT_TYPE},
	{.kind = VALUE_DOUBTFUL, .why = DOUBT_VARIANT},
};

static struct ruleset *
load(const char *test)
{
	struct buf text = BUF_INIT(1000);
	struct ruleset *rules;

	buf_addf(&text, "rules:\n- {name: r, match: {query: {a: %s}}, verdict: deny}\n", test);
	rules = policy_get(buf_cstr(&text));
	buf_clear(&text);
	return rules;
}

static void
every_test_answers_to_every_value(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ruleset *rules = load(rows[i].test);
		const struct value_test *test = rules->rules[0].match.conditions[0].test;

		for (size_t j = 0; j < ARRAY_LEN(values); j++) {
			enum doubt doubt;
			enum truth truth = value_test_run(test, &values[j], &doubt);

			if (truth != rows[i].truths[j])
				fail_msg("%s on value %zu: %d", rows[i].test, j, truth);
			if (truth == TRUTH_CANNOT_TELL && doubt == DOUBT_NONE)
				fail_msg("%s on value %zu: no reason", rows[i].test, j);
		}
		ruleset_unref(&rules);
	}
}

static const struct {
	const char *test, *text;
	enum truth truth;
} numbers[] = {
	{"{eq: 1000}", "1e3", TRUTH_TRUE},
	{"{eq: 0.1}", "0.10000000000000000555", TRUTH_FALSE},
	{"{lt: 0.1}", "0.09999999999999999999999999999999999999", TRUTH_TRUE},
	{"{eq: -0}", "0e5", TRUTH_TRUE},
	{"{gt: 9007199254740992}", "9007199254740993", TRUTH_TRUE},
	{"{eq: 1}", " 1", TRUTH_CANNOT_TELL},
	{"{eq: 1}", "01", TRUTH_CANNOT_TELL},
	{"{eq: 1}", "+1", TRUTH_CANNOT_TELL},
	{"{eq: 1}", "1.", TRUTH_CANNOT_TELL},
	{"{eq: 1}", "NaN", TRUTH_CANNOT_TELL},
	{"{eq: 1}", "", TRUTH_CANNOT_TELL},
	{"{lt: 1}", "1e-309", TRUTH_CANNOT_TELL},
};

static void
numbers_are_exact_decimals(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct ruleset *rules = load(numbers[i].test);
		struct value value = {.kind = VALUE_TEXT, .text = span_cstr(numbers[i].text)};
		enum doubt doubt;

		if (value_test_run(rules->rules[0].match.conditions[0].test, &value, &doubt) !=
		    numbers[i].truth)
			fail_msg("%s on \"%s\"", numbers[i].test, numbers[i].text);
		ruleset_unref(&rules);
	}
}

static void
two_readings_must_agree_on_the_whole_test(void **state UNUSED)
{
	static const struct {
		const char *test;
		enum truth truth;
	} tests[] = {
		{"[a+b, a b]", TRUTH_TRUE},
		{"a+b", TRUTH_CANNOT_TELL},
		{"{not: a+b}", TRUTH_CANNOT_TELL},
		{"{prefix: a}", TRUTH_TRUE},
		{"x", TRUTH_FALSE},
		{"{exists: true}", TRUTH_TRUE},
		{"5", TRUTH_CANNOT_TELL},
	};

	for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
		struct ruleset *rules = load(tests[i].test);
		struct value value = {.kind = VALUE_TEXT, .text = SPAN("a+b"),
		                      .other = SPAN("a b"), .has_other = true};
		enum doubt doubt;

		if (value_test_run(rules->rules[0].match.conditions[0].test, &value, &doubt) !=
		    tests[i].truth)
			fail_msg("%s", tests[i].test);
		ruleset_unref(&rules);
	}
}

static void
an_expression_that_is_stopped_cannot_be_told(void **state UNUSED)
{
	struct ruleset *rules = load("{regex: '(x+x+)+[yz]'}");
	char text[64];
	struct value value = {.kind = VALUE_TEXT, .text = span_of(text, sizeof(text))};
	enum doubt doubt;

	memset(text, 'x', sizeof(text));
	assert_int_equal(value_test_run(rules->rules[0].match.conditions[0].test, &value, &doubt),
	                 TRUTH_CANNOT_TELL);
	assert_int_equal(doubt, DOUBT_ENGINE);
	ruleset_unref(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_test_answers_to_every_value),
		cmocka_unit_test(numbers_are_exact_decimals),
		cmocka_unit_test(two_readings_must_agree_on_the_whole_test),
		cmocka_unit_test(an_expression_that_is_stopped_cannot_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
