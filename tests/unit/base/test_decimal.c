/* Exact decimals: the grammar, the limits, the order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/decimal.h"

#define DIGITS_64 "1234567890123456789012345678901234567890123456789012345678901234"

static struct decimal
number(const char *text)
{
	struct decimal d;

	if (!decimal_read(span_cstr(text), &d))
		fail_msg("%s is no number", text);
	return d;
}

static void
what_rfc_8259_calls_a_number_is_one(void **state)
{
	static const char *const texts[] = {
		"0", "-0", "0.0", "1", "-1", "10", "0.5", "1.50", "1e3", "1E3", "1e+3", "1e-3",
		"0e0", "1e308", "1e-308", "1e0000308", "1.0e00", DIGITS_64,
		"0.000000000000000000000000000000000000000000000000000000000000001",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		(void)number(texts[i]);
}

static void
nothing_else_is(void **state)
{
	static const char *const texts[] = {
		"", "-", "+1", "01", "-01", "00", ".5", "1.", "1.e3", "1e", "1e+", "1e-", "1e3.5",
		"--1", "1 ", " 1", "1,5", "1_000", "0x10", "NaN", "Infinity", "-Infinity", "1e309",
		"1e-309", "1e99999999999999999999", "0e309", DIGITS_64 "5", "0." DIGITS_64,
		"1" DIGITS_64 "e1",
	};
	struct decimal d;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (decimal_read(span_cstr(texts[i]), &d))
			fail_msg("\"%s\" is a number", texts[i]);
	}
}

static void
one_number_has_many_spellings(void **state)
{
	static const char *const rows[][2] = {
		{"1000", "1e3"}, {"1000", "1000.0"}, {"1000", "10.00E+2"}, {"0", "-0"},
		{"0", "0.000"}, {"0", "-0e5"}, {"0.001", "1e-3"}, {"-120", "-1.2e2"},
		{"0.1", "0.10"}, {"100", "0.1e3"}, {"1e308", "10e307"},
		{"123456789012345678901234567890", "1.2345678901234567890123456789e29"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct decimal one = number(rows[i][0]), other = number(rows[i][1]);

		if (decimal_cmp(&one, &other) != 0)
			fail_msg("%s is not %s", rows[i][0], rows[i][1]);
	}
}

/* Beyond what a double can tell apart, too. */
static void
numbers_are_in_order(void **state)
{
	static const char *const ascending[] = {
		"-1e308", "-1000.1", "-1000", "-999.999", "-0.5", "-1e-308", "0", "1e-308",
		"9e-308", "0.09", "0.1", "0.10000000000000000000000000000001", "0.11", "1", "1.01",
		"9", "9.9", "10", "10.5", "99", "1000", "1000.00000000000000000000000000000001",
		"1001", "9007199254740992", "9007199254740993", "18446744073709551615",
		"18446744073709551616", "1e308", "1.1e308",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ascending); i++) {
		for (size_t j = 0; j < ARRAY_LEN(ascending); j++) {
			struct decimal a = number(ascending[i]), b = number(ascending[j]);
			int order = decimal_cmp(&a, &b);

			if ((order > 0) - (order < 0) != (i > j) - (i < j))
				fail_msg("%s beside %s: %d", ascending[i], ascending[j], order);
		}
	}
}

static void
a_number_ends_where_its_grammar_does(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} rows[] = {{"1]", 1}, {"12,3", 2}, {"01", 1}, {"1.5}", 3}, {"1e5 ", 3}, {"1.x", 0},
	            {"1ex", 0}, {"-x", 0}, {"x", 0}, {"-0.0e-0z", 7}};
	bool is_beyond;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(decimal_length(span_cstr(rows[i].text), &is_beyond), rows[i].len);
		assert_false(is_beyond);
	}
	assert_int_equal(decimal_length(SPAN("1e309]"), &is_beyond), 5);
	assert_true(is_beyond);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_rfc_8259_calls_a_number_is_one),
		cmocka_unit_test(nothing_else_is),
		cmocka_unit_test(one_number_has_many_spellings),
		cmocka_unit_test(numbers_are_in_order),
		cmocka_unit_test(a_number_ends_where_its_grammar_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
