/* Value tests that nothing can pass. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/lint_value.h"

static const struct value_test *
find_part(const struct value_test *all, enum value_op op)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->parts[i].op == op)
			return &all->parts[i];
	}
	return NULL;
}

/* The bounds leave no number between them. */
static bool
bounds_cross(const struct value_test *all)
{
	static const enum value_op lower[] = {TEST_GREATER, TEST_GREATER_OR_EQUAL};
	static const enum value_op upper[] = {TEST_LESS, TEST_LESS_OR_EQUAL};

	for (size_t i = 0; i < 4; i++) {
		const struct value_test *least = find_part(all, lower[i / 2]);
		const struct value_test *most = find_part(all, upper[i % 2]);
		bool both_may_equal = i == 3;
		int order;

		if (!least || !most)
			continue;
		order = decimal_cmp(&least->number, &most->number);
		if (order > 0 || (order == 0 && !both_may_equal))
			return true;
	}
	return false;
}

/* Asks that it is absent, and for something that only what is there can be. */
static bool
is_absent_and_present(const struct value_test *all)
{
	const struct value_test *exists = find_part(all, TEST_EXISTS);

	if (!exists || exists->boolean)
		return false;
	for (size_t i = 0; i < all->count; i++) {
		if (all->parts[i].op != TEST_EXISTS && all->parts[i].op != TEST_NOT)
			return true;
	}
	return false;
}

/* A value that is compared whole, and never passes the tests beside it. */
static bool
is_excluded(const struct value_test *all, const struct value_test *one)
{
	struct value value = {.kind = VALUE_TEXT, .text = one->text};

	if (one->op == TEST_BOOLEAN)
		value = (struct value){.kind = VALUE_BOOLEAN, .boolean = one->boolean};
	for (size_t i = 0; i < all->count; i++) {
		enum doubt doubt;

		if (&all->parts[i] != one &&
		    value_test_run(&all->parts[i], &value, &doubt) == TRUTH_FALSE)
			return true;
	}
	return false;
}

static bool
equals_what_is_excluded(const struct value_test *all)
{
	for (size_t i = 0; i < all->count; i++) {
		enum value_op op = all->parts[i].op;

		if ((op == TEST_STRING || op == TEST_NUMBER || op == TEST_BOOLEAN) &&
		    is_excluded(all, &all->parts[i]))
			return true;
	}
	return false;
}

const char *
lint_value_test(const struct value_test *test)
{
	if (test->op != TEST_ALL)
		return NULL;
	if (bounds_cross(test))
		return "nothing can pass: no number lies between these bounds";
	if (is_absent_and_present(test))
		return "nothing can pass: what is absent passes no other test";
	if (equals_what_is_excluded(test))
		return "nothing can pass: the other tests exclude what it has to equal";
	return NULL;
}
