/* The canonical request, beyond what the tables say. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/request.h"
#include "tests/unit/http/case.h"

static void
methods_are_read_as_they_are_named(void **state)
{
	enum method method;

	(void)state;
	for (enum method m = 0; m < METHOD_COUNT; m++) {
		assert_true(method_read(span_cstr(method_name(m)), &method));
		assert_int_equal(method, m);
		assert_non_null(strstr(methods_allowed(), method_name(m)));
	}
	assert_false(method_read(SPAN("get"), &method));
	assert_false(method_read(SPAN("GE"), &method));
	assert_false(method_read(SPAN(""), &method));
}

static void
an_ordinary_request_takes_no_memory(void **state)
{
	const struct head *h = read_whole(
		HEAD_REQUEST, "GET /api/users/7?x=y HTTP/1.1\r\nHost: a.example:8080\r\n\r\n");
	struct request_options options = {0};
	struct arena arena = {0};
	struct request r;

	(void)state;
	assert_int_equal(request_read_host(&r, h, false, &arena), FAULT_NONE);
	EXPECT_SPAN(r.host, "a.example");
	assert_int_equal(r.port, 8080);
	assert_int_equal(request_read(&r, h, &options, &arena), FAULT_NONE);
	EXPECT_SPAN(r.path, "/api/users/7");
	EXPECT_SPAN(r.query, "x=y");
	assert_true(r.has_query);
	assert_false(r.is_head);
	assert_ptr_equal(r.head, h);
	assert_null(arena.blocks);
}

static void
utf8_in_values_needs_the_site_to_take_it(void **state)
{
	static struct head h;
	struct head_limits limits = usual_limits;
	struct request_options options = {0};
	struct arena arena = {0};
	struct request r;
	enum fault fault;

	(void)state;
	limits.may_be_utf8 = true;
	head_reset(&h, HEAD_REQUEST);
	assert_int_equal(head_read(&h, SPAN("GET / HTTP/1.1\r\nHost: a\r\nX: \xc3\xa9\r\n\r\n"),
	                           &limits, &fault),
	                 PROGRESS_DONE);
	assert_true(h.has_utf8);
	assert_int_equal(request_read_host(&r, &h, false, &arena), FAULT_NONE);
	assert_int_equal(request_read(&r, &h, &options, &arena), FAULT_FIELD_UTF8);
	options.takes_utf8 = true;
	assert_int_equal(request_read(&r, &h, &options, &arena), FAULT_NONE);
}

static void
a_method_may_get_a_body_only_by_its_own_option(void **state)
{
	const struct head *h = read_whole(
		HEAD_REQUEST, "OPTIONS /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
	struct request_options options = {.bodies_on = 1u << METHOD_GET};
	struct arena arena = {0};
	struct request r;

	(void)state;
	assert_int_equal(request_read_host(&r, h, false, &arena), FAULT_NONE);
	assert_int_equal(request_read(&r, h, &options, &arena), FAULT_BODY_NOT_ALLOWED);
	options.bodies_on |= 1u << METHOD_OPTIONS;
	assert_int_equal(request_read(&r, h, &options, &arena), FAULT_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(methods_are_read_as_they_are_named),
		cmocka_unit_test(an_ordinary_request_takes_no_memory),
		cmocka_unit_test(utf8_in_values_needs_the_site_to_take_it),
		cmocka_unit_test(a_method_may_get_a_body_only_by_its_own_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
