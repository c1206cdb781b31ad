/* Values by type: what is one, what is none, and where the edges are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/document.h"
#include "lib/base/node_value.h"

static void
durations_have_one_unit_and_do_not_overflow(void **state)
{
	static const struct {
		const char *text;
		int64_t us; /* -1: none */
	} rows[] = {
		{"0s", 0}, {"1ms", 1000}, {"500ms", 500000}, {"50s", 50000000},
		{"10m", 600000000}, {"2h", INT64_C(7200000000)}, {"7d", INT64_C(604800000000)},
		{"106751991d", INT64_C(9223372022400000000)}, {"106751992d", -1},
		{"9223372036854775807ms", -1}, {"99999999999999999999s", -1},
		{"", -1}, {"s", -1}, {"5", -1}, {"05s", -1}, {"5S", -1}, {"5 s", -1},
		{"-5s", -1}, {"+5s", -1}, {"1.5s", -1}, {"1h30m", -1}, {"5us", -1}, {"5w", -1},
		{"5s ", -1}, {"0x5s", -1}, {"5sec", -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t us = -1;

		assert_int_equal(duration_read(span_cstr(rows[i].text), &us), rows[i].us >= 0);
		assert_int_equal(us, rows[i].us);
	}
}

static void
sizes_are_of_1024_and_do_not_overflow(void **state)
{
	static const struct {
		const char *text;
		int64_t size; /* -1: none */
	} rows[] = {
		{"0", 0}, {"1", 1}, {"32k", 32768}, {"1m", 1048576}, {"2g", INT64_C(2147483648)},
		{"9223372036854775807", INT64_MAX}, {"9223372036854775808", -1},
		{"8589934591g", INT64_C(9223372035781033984)}, {"8589934592g", -1},
		{"", -1}, {"k", -1}, {"1K", -1}, {"1kb", -1}, {"1kib", -1}, {"01", -1},
		{"1 k", -1}, {"-1", -1}, {"1.5m", -1}, {"1t", -1}, {"1e3", -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t size = UINT64_MAX;

		assert_int_equal(size_read(span_cstr(rows[i].text), &size), rows[i].size >= 0);
		assert_true(size == (uint64_t)rows[i].size);
	}
}

enum type { BOOLEAN, INTEGER, STRING, DECIMAL, DURATION, SIZE };

static bool
reads_as(const struct node *n, enum type type, struct complaints *why)
{
	struct bounds any = {0};
	struct span text;
	uint64_t number;
	int64_t us;
	bool truth;

	switch (type) {
	case BOOLEAN:
		return node_bool(n, why, &truth);
	case INTEGER:
		return node_integer(n, any, why, &number);
	case STRING:
		return node_string(n, why, &text);
	case DECIMAL:
		return node_decimal(n, why, &text);
	case DURATION:
		return node_duration(n, any, why, &us);
	case SIZE:
		return node_size(n, any, why, &number);
	}
	return false;
}

static void
each_type_takes_its_own(void **state)
{
	/* B boolean, I integer, S string, D decimal, T duration, Z size. */
	static const struct {
		const char *yaml, *types;
	} rows[] = {
		{"true", "B"}, {"false", "B"}, {"\"true\"", "S"}, {"True", "S"}, {"yes", "S"},
		{"on", "S"}, {"0", "ISDZ"}, {"42", "ISDZ"}, {"-1", "SD"}, {"-0", "SD"},
		{"0.25", "SD"}, {"1.", "S"}, {".5", "S"}, {"1e3", "S"}, {"010", "S"},
		{"12_3", "S"}, {"0x1f", "S"}, {"1:30", "S"}, {"\"42\"", "SZ"}, {"'0.25'", "S"},
		{"5s", "ST"}, {"\"5s\"", "ST"}, {"5m", "STZ"}, {"3k", "SZ"}, {"~", ""},
		{"null", ""}, {"Null", ""}, {"\"null\"", "S"}, {"", ""}, {"\"\"", ""},
		{"[]", ""}, {"{}", ""}, {"\"a\\nb\"", ""}, {"\"\\e[31m\"", ""},
		{"\"\\u202e\"", ""}, {"\"\\0\"", ""}, {"\"\\u00e9\"", "S"}, {"|\n  a\n", ""},
		{"|-\n  a", "S"}, {"9223372036854775807", "ISDZ"}, {"9223372036854775808", "SD"},
		{"99999999999999999999999999.000000000000000000000000001", "SD"},
		{".nan", "S"}, {".inf", "S"}, {"2001-01-01", "S"}, {"+1", "S"},
	};
	static const char letters[] = "BISDTZ";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct complaints *why = complaints_new();
		struct buf text = BUF_INIT(1000);
		struct document *doc;

		buf_addf(&text, "a: %s\n", rows[i].yaml);
		doc = document_read("x", buf_span(&text), why);
		assert_non_null(doc);
		for (int type = BOOLEAN; type <= SIZE; type++) {
			size_t errors = complaints_errors(why);
			bool is_one = reads_as(document_root(doc)->first, (enum type)type, why);

			if (is_one != (strchr(rows[i].types, letters[type]) != NULL))
				fail_msg("%s as %c", rows[i].yaml, letters[type]);
			assert_int_equal(complaints_errors(why) - errors, !is_one);
		}
		document_free(doc);
		buf_clear(&text);
		complaints_free(why);
	}
}

static void
bounds_are_inclusive_and_said(void **state)
{
	struct complaints *why = complaints_new();
	struct document *doc = document_read("x", SPAN("[9, 10, 20, 21, 59s, 1m, 1k, 1025]"), why);
	const struct node *n = document_root(doc)->first;
	struct bounds numbers = {10, 20}, minutes = {60000000, 120000000}, sizes = {0, 1024};
	struct buf text = BUF_INIT(4000);
	uint64_t value;
	int64_t us;

	(void)state;
	assert_false(node_integer(n, numbers, why, &value));
	assert_true(node_integer(n = n->next, numbers, why, &value));
	assert_true(node_integer(n = n->next, numbers, why, &value));
	assert_int_equal(value, 20);
	assert_false(node_integer(n = n->next, numbers, why, &value));
	assert_int_equal(value, 20);
	assert_false(node_duration(n = n->next, minutes, why, &us));
	assert_true(node_duration(n = n->next, minutes, why, &us));
	assert_true(node_size(n = n->next, sizes, why, &value));
	assert_false(node_size(n->next, sizes, why, &value));
	complaints_text(why, &text);
	assert_non_null(strstr(buf_cstr(&text), "9 is too small; expected 10 to 20\n"));
	assert_non_null(strstr(buf_cstr(&text), "59s is too small; expected 1m to 2m\n"));
	assert_non_null(strstr(buf_cstr(&text), "1025 is too large; expected 0 to 1k\n"));
	buf_clear(&text);
	document_free(doc);
	complaints_free(why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_have_one_unit_and_do_not_overflow),
		cmocka_unit_test(sizes_are_of_1024_and_do_not_overflow),
		cmocka_unit_test(each_type_takes_its_own),
		cmocka_unit_test(bounds_are_inclusive_and_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
