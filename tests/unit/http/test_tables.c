/* Every case of tests/tables/http, in every way of cutting its bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/http/reading.h"

/* Past this size only some of the offsets are tried. */
enum { CUTS_MAX = 4096 };

struct tally {
	const char *file;
	unsigned cases, failures;
	unsigned of_rule[TABLE_RULES_MAX];
	unsigned of_fault[FAULT_COUNT];
};

static struct tally tally;

static void
complain(const struct table_case *c, const char *what, const struct buf *report)
{
	print_error("%s:%u: %s: %s\n%.*s", tally.file, c->line, c->name, what,
	            SPAN_ARG(buf_span(report)));
	tally.failures++;
}

/* Whether the report holds the line, as a whole line. */
static bool
has_line(struct span report, struct span line)
{
	struct span one;

	while (span_cut(&report, '\n', &one)) {
		if (span_eq(one, line))
			return true;
	}
	return false;
}

/* All lines of the key, in order. */
static void
pick(struct span lines, struct span key, struct buf *to)
{
	struct span line;

	while (span_cut(&lines, '\n', &line)) {
		if (!span_starts(line, key))
			continue;
		buf_add(to, line);
		buf_addc(to, '\n');
	}
}

static bool
has_same_fields(struct span expected, struct span report)
{
	struct buf want = BUF_INIT(1 << 20), have = BUF_INIT(1 << 20);
	bool is_same;

	pick(expected, SPAN("field: "), &want);
	pick(report, SPAN("field: "), &have);
	is_same = want.len == 0 || span_eq(buf_span(&want), buf_span(&have));
	buf_clear(&want);
	buf_clear(&have);
	return is_same;
}

static bool
is_undecided(struct span lines)
{
	struct span line;

	while (span_cut(&lines, '\n', &line)) {
		if (span_starts(line, SPAN("fault: ")) || span_starts(line, SPAN("more: ")))
			return true;
	}
	return false;
}

static void
check_outcome(const struct table_case *c, const struct buf *report)
{
	struct span expected = buf_span(&c->expected), rest = expected, line;

	if (expected.len == 0 || is_undecided(expected) != is_undecided(buf_span(report)))
		complain(c, "another outcome than expected", report);
	while (span_cut(&rest, '\n', &line)) {
		if (line.len && !has_line(buf_span(report), line)) {
			print_error("missing: %.*s\n", SPAN_ARG(line));
			complain(c, "not as expected", report);
		}
	}
	if (!has_same_fields(expected, buf_span(report)))
		complain(c, "other fields than expected", report);
}

static bool
check_cut(const struct table_case *c, struct cutting cutting, const struct buf *whole)
{
	struct buf report = BUF_INIT(4 << 20);
	enum fault fault;
	bool is_same = reading_report(c, cutting, &report, &fault) &&
	               span_eq(buf_span(whole), buf_span(&report));

	if (!is_same) {
		print_error("cut at %zu%s\n", cutting.at, cutting.is_bytewise ? " (bytewise)" : "");
		complain(c, "the way of cutting matters", &report);
	}
	buf_clear(&report);
	return is_same;
}

static void
check_case(void *ctx, const struct table_case *c)
{
	struct buf whole = BUF_INIT(4 << 20);
	size_t step = c->bytes.len / CUTS_MAX + 1;
	enum fault fault;

	(void)ctx;
	tally.cases++;
	for (size_t i = 0; i < TABLE_RULES_MAX; i++)
		tally.of_rule[i] += c->rules[i];
	if (!reading_report(c, (struct cutting){0, false}, &whole, &fault))
		complain(c, "broken", &whole);
	tally.of_fault[fault]++;
	check_outcome(c, &whole);
	if (check_cut(c, (struct cutting){0, true}, &whole)) {
		for (size_t at = 1; at < c->bytes.len; at += step) {
			if (!check_cut(c, (struct cutting){at, false}, &whole))
				break;
		}
	}
	buf_clear(&whole);
}

static void
check_file(const char *name)
{
	const char *root = getenv("srcdir");
	char path[512];
	unsigned before = tally.failures, cases = tally.cases;

	snprintf(path, sizeof(path), "%s/tests/tables/http/%s", root ? root : ".", name);
	tally.file = name;
	assert_true(table_each(path, check_case, NULL));
	assert_true(tally.cases > cases);
	assert_int_equal(tally.failures, before);
}

static void
heads_are_read_as_the_table_says(void **state)
{
	(void)state;
	check_file("head.txt");
}

static void
framing_is_read_as_the_table_says(void **state)
{
	(void)state;
	check_file("framing.txt");
}

static void
chunks_are_read_as_the_table_says(void **state)
{
	(void)state;
	check_file("chunked.txt");
}

static void
targets_are_read_as_the_table_says(void **state)
{
	(void)state;
	check_file("target.txt");
}

static void
fields_are_read_as_the_table_says(void **state)
{
	(void)state;
	check_file("fields.txt");
}

static void
answers_are_read_as_the_table_says(void **state)
{
	(void)state;
	check_file("answers.txt");
}

static void
every_rule_has_three_cases(void **state)
{
	static const unsigned char rules[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13,
	                                      14, 15, 16, 19, 20, 21, 22, 23, 24, 25, 36, 37, 38,
	                                      41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 55, 56, 57,
	                                      58, 59, 60, 61, 62};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (tally.of_rule[rules[i]] < 3)
			fail_msg("rule %u has %u cases", rules[i], tally.of_rule[rules[i]]);
	}
}

/* Faults that no reader of this room finds: connections, sites and bodies do. */
static bool
is_found_elsewhere(enum fault fault)
{
	switch (fault) {
	case FAULT_NONE:
	case FAULT_HEAD_SHORT:
	case FAULT_HEAD_TIMEOUT:
	case FAULT_BODY_TOO_LARGE:
	case FAULT_BODY_SHORT:
	case FAULT_BODY_TIMEOUT:
	case FAULT_CONTENT_TYPE:
	case FAULT_CONTENT_CODING:
	case FAULT_BODY_UNREADABLE:
	case FAULT_BODY_AMBIGUOUS:
	case FAULT_HOST_UNKNOWN:
	case FAULT_QUERY_REPEATED:
	case FAULT_UPGRADE_UNSOLICITED:
	case FAULT_BYTES_AFTER_ANSWER:
	case FAULT_TOO_MANY_INTERIM:
		return true;
	default:
		return false;
	}
}

static void
every_fault_has_a_case(void **state)
{
	(void)state;
	for (enum fault fault = 0; fault < FAULT_COUNT; fault++) {
		if (!is_found_elsewhere(fault) && !tally.of_fault[fault])
			fail_msg("no case ends in %s", fault_word(fault));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_read_as_the_table_says),
		cmocka_unit_test(framing_is_read_as_the_table_says),
		cmocka_unit_test(chunks_are_read_as_the_table_says),
		cmocka_unit_test(targets_are_read_as_the_table_says),
		cmocka_unit_test(fields_are_read_as_the_table_says),
		cmocka_unit_test(answers_are_read_as_the_table_says),
		cmocka_unit_test(every_rule_has_three_cases),
		cmocka_unit_test(every_fault_has_a_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
