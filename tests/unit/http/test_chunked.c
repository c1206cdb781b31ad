/* The chunked coding, beyond what the tables say. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/chunked.h"
#include "tests/unit/http/case.h"

static void
data_moves_to_the_front_and_the_rest_stays_behind(void **state)
{
	char bytes[] = "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET /";
	struct chunked c = {0};
	size_t len = sizeof(bytes) - 1, taken;
	enum fault fault;

	(void)state;
	assert_int_equal(chunked_read(&c, bytes, &len, &taken, &fault), PROGRESS_DONE);
	EXPECT_SPAN(span_of(bytes, len), "abcde");
	EXPECT_SPAN(span_cstr(bytes + taken), "GET /");
	assert_int_equal(c.total, 5);
}

static void
nothing_more_is_taken_after_the_end(void **state)
{
	char bytes[] = "0\r\n\r\n", more[] = "1\r\nx";
	struct chunked c = {0};
	size_t len = sizeof(bytes) - 1, taken;
	enum fault fault;

	(void)state;
	assert_int_equal(chunked_read(&c, bytes, &len, &taken, &fault), PROGRESS_DONE);
	len = sizeof(more) - 1;
	assert_int_equal(chunked_read(&c, more, &len, &taken, &fault), PROGRESS_DONE);
	assert_int_equal(len, 0);
	assert_int_equal(taken, 0);
}

static void
no_bytes_change_nothing(void **state)
{
	char none[1] = {0};
	struct chunked c = {0};
	size_t len = 0, taken;
	enum fault fault;

	(void)state;
	assert_int_equal(chunked_read(&c, none, &len, &taken, &fault), PROGRESS_MORE);
	assert_int_equal(len, 0);
	assert_int_equal(taken, 0);
}

/* The largest chunk there is, in pieces: the count is 64 bits wide. */
static void
sizes_past_32_bits_add_up(void **state)
{
	static char piece[1 << 20];
	struct chunked c = {0};
	char line[] = "ffffffff\r\n", end[] = "\r\n1\r\n";
	size_t len = sizeof(line) - 1, taken;
	enum fault fault;

	(void)state;
	assert_int_equal(chunked_read(&c, line, &len, &taken, &fault), PROGRESS_MORE);
	for (uint64_t left = UINT32_MAX; left; left -= len) {
		len = left < sizeof(piece) ? (size_t)left : sizeof(piece);
		assert_int_equal(chunked_read(&c, piece, &len, &taken, &fault), PROGRESS_MORE);
		assert_int_equal(len, taken);
	}
	len = sizeof(end) - 1;
	assert_int_equal(chunked_read(&c, end, &len, &taken, &fault), PROGRESS_MORE);
	len = 1;
	assert_int_equal(chunked_read(&c, piece, &len, &taken, &fault), PROGRESS_MORE);
	assert_true(c.total == (uint64_t)UINT32_MAX + 1);
}

static void
data_before_a_fault_is_counted(void **state)
{
	char bytes[] = "3\r\nabcX";
	struct chunked c = {0};
	size_t len = sizeof(bytes) - 1, taken;
	enum fault fault;

	(void)state;
	assert_int_equal(chunked_read(&c, bytes, &len, &taken, &fault), PROGRESS_FAULT);
	assert_int_equal(fault, FAULT_CHUNK_END);
	EXPECT_SPAN(span_of(bytes, len), "abc");
}

static void
lines_of_chunks_are_plain_hexadecimal(void **state)
{
	static const struct {
		uint64_t len;
		const char *line;
	} cases[] = {
		{1, "1\r\n"}, {15, "f\r\n"}, {16, "10\r\n"}, {500, "1f4\r\n"}, {65536, "10000\r\n"},
		{UINT64_MAX, "ffffffffffffffff\r\n"},
	};
	char line[CHUNK_LINE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		EXPECT_SPAN(span_of(line, chunked_line(line, cases[i].len)), cases[i].line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_moves_to_the_front_and_the_rest_stays_behind),
		cmocka_unit_test(nothing_more_is_taken_after_the_end),
		cmocka_unit_test(no_bytes_change_nothing),
		cmocka_unit_test(sizes_past_32_bits_add_up),
		cmocka_unit_test(data_before_a_fault_is_counted),
		cmocka_unit_test(lines_of_chunks_are_plain_hexadecimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
