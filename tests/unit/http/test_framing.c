/* Framing, beyond what the tables say. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/framing.h"
#include "tests/unit/http/case.h"

static void
read_framing(const char *answer, bool is_head, struct framing *ret)
{
	const struct head *h = read_whole(HEAD_ANSWER, answer);

	assert_int_equal(framing_of_answer(h, is_head, ret), FAULT_NONE);
}

static void
an_answer_to_head_keeps_the_length_it_names(void **state)
{
	struct framing f = {.kind = BODY_TUNNEL};

	(void)state;
	read_framing("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n", true, &f);
	assert_int_equal(f.kind, BODY_NONE);
	assert_true(f.has_length);
	assert_int_equal(f.length, 300);
	assert_true(f.persists);
	read_framing("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true, &f);
	assert_int_equal(f.kind, BODY_NONE);
	assert_false(f.has_length);
}

static void
an_answer_without_a_length_ends_with_the_connection(void **state)
{
	struct framing f = {.kind = BODY_TUNNEL};

	(void)state;
	read_framing("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n", false, &f);
	assert_int_equal(f.kind, BODY_TO_END);
	assert_false(f.persists);
}

static void
nothing_is_set_on_a_fault(void **state)
{
	const struct head *h = read_whole(
		HEAD_REQUEST, "POST / HTTP/1.1\r\nContent-Length: 1\r\nExpect: x\r\n\r\n");
	struct framing f = {.kind = BODY_TUNNEL, .length = 7};

	(void)state;
	assert_int_equal(framing_of_request(h, &f), FAULT_EXPECT);
	assert_int_equal(f.kind, BODY_TUNNEL);
	assert_int_equal(f.length, 7);
}

static void
the_largest_length_is_ten_digits(void **state)
{
	const struct head *h =
		read_whole(HEAD_REQUEST, "POST / HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n");
	struct framing f = {.kind = BODY_NONE};

	(void)state;
	assert_int_equal(framing_of_request(h, &f), FAULT_NONE);
	assert_true(f.length == UINT64_C(9999999999));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_to_head_keeps_the_length_it_names),
		cmocka_unit_test(an_answer_without_a_length_ends_with_the_connection),
		cmocka_unit_test(nothing_is_set_on_a_fault),
		cmocka_unit_test(the_largest_length_is_ten_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
