/* What is asked of one value. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/value_test.h"

const char *
doubt_word(enum doubt doubt)
{
	static const char *const words[] = {
		[DOUBT_NONE] = "none",
		[DOUBT_NAMELESS] = "caller-has-no-name",
		[DOUBT_PATH] = "variant-of-path",
		[DOUBT_UNIX] = "no-address",
		[DOUBT_ZONE] = "no-local-time",
		[DOUBT_REPEATED] = "repeated",
		[DOUBT_VARIANT] = "variant-of-name",
		[DOUBT_OPAQUE] = "escaped-twice",
		[DOUBT_PLUS] = "plus-or-blank",
		[DOUBT_TYPE] = "other-type",
		[DOUBT_ENGINE] = "expression-stopped",
		[DOUBT_UNREAD] = "body-not-read",
		[DOUBT_OTHER_BODY] = "other-kind-of-body",
	};

	return words[doubt];
}

static enum truth
truth_of(bool is_true)
{
	return is_true ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth
doubt_type(enum doubt *ret_doubt)
{
	*ret_doubt = DOUBT_TYPE;
	return TRUTH_CANNOT_TELL;
}

/* Of a string. */
static enum truth
test_bytes(const struct value_test *t, const struct value *v, enum doubt *ret_doubt)
{
	enum truth truth;

	if (v->kind != VALUE_TEXT && v->kind != VALUE_STRING)
		return doubt_type(ret_doubt);
	if (t->op == TEST_STRING)
		return truth_of(span_eq(v->text, t->text));
	if (t->op == TEST_PREFIX)
		return truth_of(span_starts(v->text, t->text));
	truth = regex_test(t->regex, v->text);
	if (truth == TRUTH_CANNOT_TELL)
		*ret_doubt = DOUBT_ENGINE;
	return truth;
}

static enum truth
test_number(const struct value_test *t, const struct value *v, enum doubt *ret_doubt)
{
	struct decimal number;
	int order;

	if ((v->kind != VALUE_TEXT && v->kind != VALUE_NUMBER) || !decimal_read(v->text, &number))
		return doubt_type(ret_doubt);
	order = decimal_cmp(&number, &t->number);
	switch (t->op) {
	case TEST_GREATER:
		return truth_of(order > 0);
	case TEST_GREATER_OR_EQUAL:
		return truth_of(order >= 0);
	case TEST_LESS:
		return truth_of(order < 0);
	case TEST_LESS_OR_EQUAL:
		return truth_of(order <= 0);
	default:
		return truth_of(order == 0);
	}
}

static enum truth
test_boolean(const struct value_test *t, const struct value *v, enum doubt *ret_doubt)
{
	bool boolean = v->boolean;

	if (v->kind == VALUE_TEXT) {
		boolean = span_eq(v->text, SPAN("true"));
		if (!boolean && !span_eq(v->text, SPAN("false")))
			return doubt_type(ret_doubt);
	} else if (v->kind != VALUE_BOOLEAN) {
		return doubt_type(ret_doubt);
	}
	return truth_of(boolean == t->boolean);
}

/* Tests that have no parts. */
static enum truth
test_one(const struct value_test *t, const struct value *v, enum doubt *ret_doubt)
{
	if (v->kind == VALUE_DOUBTFUL || (v->kind == VALUE_OPAQUE && t->op != TEST_EXISTS)) {
		*ret_doubt = v->why;
		return TRUTH_CANNOT_TELL;
	}
	if (t->op == TEST_EXISTS)
		return truth_of((v->kind != VALUE_ABSENT) == t->boolean);
	if (v->kind == VALUE_ABSENT)
		return TRUTH_FALSE;
	switch (t->op) {
	case TEST_STRING:
	case TEST_PREFIX:
	case TEST_REGEX:
		return test_bytes(t, v, ret_doubt);
	case TEST_BOOLEAN:
		return test_boolean(t, v, ret_doubt);
	default:
		return test_number(t, v, ret_doubt);
	}
}

static enum truth run(const struct value_test *t, const struct value *v, enum doubt *ret_doubt);

static enum truth
test_parts(const struct value_test *t, const struct value *v, enum doubt *ret_doubt)
{
	bool is_all = t->op == TEST_ALL;
	enum truth truth = is_all ? TRUTH_TRUE : TRUTH_FALSE;

	for (size_t i = 0; i < t->count; i++) {
		enum doubt doubt = DOUBT_NONE;
		enum truth part = run(&t->parts[i], v, &doubt);

		if (part == TRUTH_CANNOT_TELL && *ret_doubt == DOUBT_NONE)
			*ret_doubt = doubt;
		truth = is_all ? truth_and(truth, part) : truth_or(truth, part);
	}
	return truth;
}

/* As deep as the document that it was read from, and documents have a limit. */
static enum truth
run(const struct value_test *t, const struct value *v, enum doubt *ret_doubt)
{
	if (t->op == TEST_ALL || t->op == TEST_ANY)
		return test_parts(t, v, ret_doubt);
	if (t->op == TEST_NOT)
		return truth_not(run(t->parts, v, ret_doubt));
	return test_one(t, v, ret_doubt);
}

enum truth
value_test_run(const struct value_test *test, const struct value *value, enum doubt *ret_doubt)
{
	struct value second = *value;
	enum truth truth;

	*ret_doubt = DOUBT_NONE;
	truth = run(test, value, ret_doubt);
	if (!value->has_other)
		return truth;
	second.text = value->other;
	if (run(test, &second, ret_doubt) == truth)
		return truth;
	*ret_doubt = DOUBT_PLUS;
	return TRUTH_CANNOT_TELL;
}
