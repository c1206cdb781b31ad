/* Borrowed bytes: cutting, comparing, strict numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/span.h"

static void
numbers_are_strict_decimals(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool is_number;
	} rows[] = {
		{"0", 0, true}, {"1", 0, false}, {"255", 255, true}, {"256", 255, false},
		{"18446744073709551615", UINT64_MAX, true},
		{"18446744073709551616", UINT64_MAX, false},
		{"99999999999999999999", UINT64_MAX, false},
		{"", 9, false}, {"00", 9, false}, {"01", 9, false}, {"+1", 9, false},
		{"-1", 9, false}, {" 1", 9, false}, {"1 ", 9, false}, {"0x1", 9, false},
		{"1_0", 99, false}, {"9", 9, true}, {"10", 9, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t value = 7;

		if (span_to_u64(span_cstr(rows[i].text), rows[i].max, &value) != rows[i].is_number)
			fail_msg("%s up to %llu", rows[i].text, (unsigned long long)rows[i].max);
		if (!rows[i].is_number)
			assert_int_equal(value, 7);
	}
}

static void
cutting_keeps_empty_parts(void **state)
{
	struct span rest = SPAN("a,,b,"), part;
	size_t parts = 0, empty = 0;

	(void)state;
	while (span_cut(&rest, ',', &part)) {
		parts++;
		empty += part.len == 0;
	}
	assert_int_equal(parts, 4);
	assert_int_equal(empty, 2);
	rest = SPAN_NONE;
	assert_false(span_cut(&rest, ',', &part));
}

static void
comparing_needs_no_terminator(void **state)
{
	(void)state;
	assert_true(span_eq(span_of("abc", 2), SPAN("ab")));
	assert_true(span_eq(SPAN_NONE, SPAN("")));
	assert_false(span_eq(SPAN("a\0b"), SPAN("a\0c")));
	assert_true(span_eq_nocase(SPAN("Content-Length"), SPAN("cONTENT-lENGTH")));
	assert_false(span_eq_nocase(SPAN("["), SPAN("{")));
	assert_false(span_eq_nocase(SPAN("\xc3\x84"), SPAN("\xc3\xa4")));
	assert_true(span_cmp(SPAN("a"), SPAN("ab")) < 0);
	assert_true(span_cmp(SPAN("b"), SPAN("ab")) > 0);
	assert_true(span_cmp(SPAN("\xff"), SPAN("a")) > 0);
	assert_int_equal(span_cmp(SPAN_NONE, SPAN("")), 0);
	assert_true(span_starts(SPAN("abc"), SPAN("")));
	assert_true(span_ends(SPAN("abc"), SPAN("bc")));
	assert_false(span_ends(SPAN("c"), SPAN("bc")));
}

static void
trimming_takes_spaces_and_tabs_only(void **state)
{
	(void)state;
	assert_true(span_eq(span_trim(SPAN(" \t a b\t ")), SPAN("a b")));
	assert_int_equal(span_trim(SPAN(" \t ")).len, 0);
	assert_true(span_eq(span_trim(SPAN("\r\na\x0b")), SPAN("\r\na\x0b")));
}

static void
hashes_tell_lengths_and_seeds_apart(void **state)
{
	static const char zeros[40];

	(void)state;
	for (size_t a = 0; a < 40; a++) {
		assert_true(span_hash(span_of(zeros, a), 1) == span_hash(span_of(zeros, a), 1));
		assert_true(span_hash(span_of(zeros, a), 1) != span_hash(span_of(zeros, a), 2));
		for (size_t b = 0; b < a; b++)
			assert_true(span_hash(span_of(zeros, a), 1) !=
			            span_hash(span_of(zeros, b), 1));
	}
}

static void
hexadecimal_digits_have_their_value(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		const char *digits = "0123456789abcdef0123456789ABCDEF";
		const char *at = c ? strchr(digits, c) : NULL;

		assert_int_equal(ascii_hex((char)c), at ? (at - digits) % 16 : -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_strict_decimals),
		cmocka_unit_test(cutting_keeps_empty_parts),
		cmocka_unit_test(comparing_needs_no_terminator),
		cmocka_unit_test(trimming_takes_spaces_and_tabs_only),
		cmocka_unit_test(hashes_tell_lengths_and_seeds_apart),
		cmocka_unit_test(hexadecimal_digits_have_their_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
