/* Heads, beyond what the tables say: what a reader of fields relies on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/http/case.h"
#include "tests/unit/http/guard.h"

static void
parts_point_at_their_bytes(void **state)
{
	const struct head *h = read_whole(
		HEAD_REQUEST, "GET /a?b HTTP/1.1\r\nHost: \t a.example \t\r\nX-Thing:\r\n\r\n");

	(void)state;
	EXPECT_SPAN(head_part(h, h->method), "GET");
	EXPECT_SPAN(head_part(h, h->target), "/a?b");
	EXPECT_SPAN(head_value(h, FIELD_HOST), "a.example");
	assert_int_equal(h->field_count, 2);
	EXPECT_SPAN(head_part(h, h->fields[1].name), "X-Thing");
	assert_int_equal(h->fields[1].value.len, 0);
	assert_int_equal(h->minor, 1);
}

static void
what_is_not_there_has_no_value(void **state)
{
	const struct head *h = read_whole(HEAD_REQUEST, "GET / HTTP/1.1\r\n\r\n");

	(void)state;
	assert_false(head_has(h, FIELD_HOST));
	assert_int_equal(head_value(h, FIELD_HOST).len, 0);
	assert_null(head_find(h, SPAN("Host"), NULL));
	assert_null(head_find(h, SPAN("X-Thing"), NULL));
}

static void
fields_are_found_by_name_in_any_case(void **state)
{
	const struct head *h =
		read_whole(HEAD_REQUEST, "GET / HTTP/1.1\r\nX-A: 1\r\nx-b: 2\r\nX-a: 3\r\n"
	                                 "Accept: x\r\nACCEPT: y\r\n\r\n");
	size_t count;

	(void)state;
	EXPECT_SPAN(head_part(h, head_find(h, SPAN("x-A"), &count)->value), "1");
	assert_int_equal(count, 2);
	EXPECT_SPAN(head_part(h, head_find(h, SPAN("X-B"), &count)->value), "2");
	assert_int_equal(count, 1);
	assert_null(head_find(h, SPAN("X-C"), &count));
	assert_int_equal(count, 0);
	EXPECT_SPAN(head_part(h, head_find(h, SPAN("accept"), &count)->value), "x");
	assert_int_equal(count, 2);
	EXPECT_SPAN(head_value(h, FIELD_ACCEPT), "x");
}

static void
flags_of_families_stand_with_each_field_and_with_the_head(void **state)
{
	const struct head *h = read_whole(
		HEAD_REQUEST, "GET / HTTP/1.1\r\nX-Forwarded-User: root\r\nX-Api-Key: k\r\n\r\n");

	(void)state;
	assert_int_equal(h->fields[0].flags, FIELD_FORWARDING | FIELD_UNBOUND);
	assert_false(field_is_forwarded(&h->fields[0]));
	assert_true(field_is_forwarded(&h->fields[1]));
	assert_int_equal(h->flags, FIELD_FORWARDING | FIELD_UNBOUND | FIELD_SECRET);
}

/* A reset forgets a head that was full, and one that broke off. */
static void
a_head_is_used_again_after_a_reset(void **state)
{
	static struct head h;
	enum fault fault;

	(void)state;
	head_reset(&h, HEAD_ANSWER);
	assert_int_equal(head_read(&h, SPAN("HTTP/1.0 404 No\r\nHost: x\r\nAcc"), &usual_limits,
	                           &fault),
	                 PROGRESS_MORE);
	head_reset(&h, HEAD_REQUEST);
	assert_int_equal(head_read(&h, SPAN("GET / HTTP/1.1\r\nHost: y\r\n\r\n"), &usual_limits,
	                           &fault),
	                 PROGRESS_DONE);
	assert_int_equal(h.field_count, 1);
	assert_int_equal(h.status, 0);
	assert_int_equal(h.minor, 1);
	EXPECT_SPAN(head_value(&h, FIELD_HOST), "y");
}

static void
a_head_may_be_moved_between_reads(void **state)
{
	static const char text[] = "POST /x HTTP/1.1\r\nHost: a.example\r\n"
				   "Content-Length: 12\r\n\r\n";
	static struct head h;
	enum progress progress = PROGRESS_MORE;
	enum fault fault;
	char *copy = NULL;

	(void)state;
	head_reset(&h, HEAD_REQUEST);
	for (size_t len = 0; len < sizeof(text); len++) {
		copy = guard_copy(span_of(text, len));
		progress = head_read(&h, span_of(copy, len), &usual_limits, &fault);
		assert_int_equal(progress, len < sizeof(text) - 1 ? PROGRESS_MORE : PROGRESS_DONE);
	}
	assert_int_equal(h.len, sizeof(text) - 1);
	assert_ptr_equal(h.base, copy);
	EXPECT_SPAN(head_value(&h, FIELD_CONTENT_LENGTH), "12");
}

static void
the_start_line_can_be_read_when_a_field_is_at_fault(void **state)
{
	static struct head h;
	enum fault fault;

	(void)state;
	head_reset(&h, HEAD_REQUEST);
	assert_int_equal(head_read(&h, SPAN("GET /a HTTP/1.1\r\nX_Y: z\r\n\r\n"), &usual_limits,
	                           &fault),
	                 PROGRESS_FAULT);
	assert_int_equal(fault, FAULT_FIELD_NAME);
	assert_true(h.has_start_line);
	EXPECT_SPAN(head_part(&h, h.target), "/a");
}

static void
more_fields_than_there_is_room_for_are_refused(void **state)
{
	static struct head h;
	struct head_limits limits = {1 << 20, 8192, 100000, false};
	struct buf text = BUF_INIT(1 << 20);
	enum fault fault;

	(void)state;
	buf_add(&text, SPAN("GET / HTTP/1.1\r\n"));
	for (size_t i = 0; i <= HEAD_FIELDS_MAX; i++)
		buf_add(&text, SPAN("X: y\r\n"));
	head_reset(&h, HEAD_REQUEST);
	assert_int_equal(head_read(&h, buf_span(&text), &limits, &fault), PROGRESS_FAULT);
	assert_int_equal(fault, FAULT_TOO_MANY_FIELDS);
	assert_int_equal(h.field_count, HEAD_FIELDS_MAX);
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_point_at_their_bytes),
		cmocka_unit_test(what_is_not_there_has_no_value),
		cmocka_unit_test(fields_are_found_by_name_in_any_case),
		cmocka_unit_test(flags_of_families_stand_with_each_field_and_with_the_head),
		cmocka_unit_test(a_head_is_used_again_after_a_reset),
		cmocka_unit_test(a_head_may_be_moved_between_reads),
		cmocka_unit_test(the_start_line_can_be_read_when_a_field_is_at_fault),
		cmocka_unit_test(more_fields_than_there_is_room_for_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
