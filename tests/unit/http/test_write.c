/* Heads to bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/write.h"
#include "tests/unit/http/case.h"

/* A canonical request out of `text`; good until the next call. */
static const struct request *
read_request(const char *text)
{
	static struct request r;
	static struct arena arena;
	struct request_options options = {.bodies_on = 1u << METHOD_GET};
	const struct head *h = read_whole(HEAD_REQUEST, text);

	arena_clear(&arena);
	assert_int_equal(request_read_host(&r, h, false, &arena), FAULT_NONE);
	assert_int_equal(request_read(&r, h, &options, &arena), FAULT_NONE);
	return &r;
}

static void
expect_request(const struct write_request *w, const char *text)
{
	struct buf to = BUF_INIT(4096);

	assert_true(write_request(&to, w));
	EXPECT_SPAN(buf_span(&to), text);
	buf_clear(&to);
}

static void
expect_answer(const struct write_answer *w, const char *text)
{
	struct buf to = BUF_INIT(4096);

	assert_true(write_answer(&to, w));
	EXPECT_SPAN(buf_span(&to), text);
	buf_clear(&to);
}

static void
a_request_is_host_fields_ours_and_framing(void **state)
{
	static const struct own_field own[] = {{{"countersign-user", 16}, {"alice", 5}},
	                                       {{"X-Forwarded-For", 15}, {"10.0.0.1", 8}}};
	struct write_request w = {
		.request = read_request("POST /a?b HTTP/1.0\r\nuser-agent: x\r\nHost: A\r\n"
	                                "X-Forwarded-For: 1.1.1.1\r\nx-y-Z: \t1\t2 \r\n"
	                                "Countersign-User: root\r\nContent-Length: 7\r\n\r\n"),
		.host = SPAN("u.example:81"), .own = own, .own_count = 2,
		.body = BODY_SIZED, .length = 12, .closes = true};

	(void)state;
	expect_request(&w, "POST /a?b HTTP/1.1\r\nHost: u.example:81\r\nUser-Agent: x\r\n"
	                   "X-Y-Z: 1\t2\r\nCountersign-User: alice\r\n"
	                   "X-Forwarded-For: 10.0.0.1\r\nContent-Length: 12\r\n"
	                   "Connection: close\r\n\r\n");
}

static void
the_length_is_ours_whatever_the_caller_said(void **state)
{
	struct write_request w = {
		.request = read_request("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"),
		.host = SPAN("a"), .body = BODY_CHUNKED};

	(void)state;
	expect_request(&w, "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
	w.body = BODY_NONE;
	expect_request(&w, "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
	w.request = read_request("DELETE /a? HTTP/1.1\r\nHost: a\r\n\r\n");
	expect_request(&w, "DELETE /a? HTTP/1.1\r\nHost: a\r\n\r\n");
	w.request = read_request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
	expect_request(&w, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
}

static bool
keeps_no_cookie(const void *ctx, const struct head *h, const struct field *f)
{
	(void)h;
	return f->id != *(const enum field_id *)ctx;
}

static void
the_owner_of_the_call_may_leave_fields_out(void **state)
{
	static const enum field_id cookie = FIELD_COOKIE;
	struct write_request w = {
		.request = read_request("GET /a HTTP/1.1\r\nHost: a\r\nCookie: x\r\nX: y\r\n\r\n"),
		.host = SPAN("a"), .body = BODY_NONE, .keep = keeps_no_cookie, .keep_ctx = &cookie};

	(void)state;
	expect_request(&w, "GET /a HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n");
}

static void
a_field_of_ours_stands_alone(void **state)
{
	static const struct own_field own[] = {{{"Authorization", 13}, {"Bearer ours", 11}},
	                                       {{"X-Node", 6}, {"n1", 2}},
	                                       {{"Via", 3}, {"1.1 us", 6}}};
	struct write_request w = {
		.request = read_request("GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: theirs\r\n"
	                                "x-node: theirs\r\nX-Nodes: y\r\nVia: 1.1 them\r\n\r\n"),
		.host = SPAN("a"), .body = BODY_NONE, .own = own, .own_count = 3};

	(void)state;
	expect_request(&w, "GET /a HTTP/1.1\r\nHost: a\r\nX-Nodes: y\r\nVia: 1.1 them\r\n"
	                   "Authorization: Bearer ours\r\nX-Node: n1\r\nVia: 1.1 us\r\n\r\n");
}

static void
refuse(const struct write_request *w)
{
	struct buf to = BUF_INIT(4096);

	buf_add(&to, SPAN("before"));
	assert_false(write_request(&to, w));
	EXPECT_SPAN(buf_span(&to), "before");
	assert_false(to.is_over);
	buf_clear(&to);
}

static void
bytes_that_may_not_stand_there_are_not_written(void **state)
{
	static const struct own_field bad[] = {
		{{"X", 1}, {"a\r\nY: b", 7}}, {{"X", 1}, {"a\0b", 3}},
		{{"X", 1}, {"\xc3\xa9", 2}},  {{"X", 1}, {"\x7f", 1}},
		{{"X: y\r\nZ", 7}, {"", 0}},  {{"X_Y", 3}, {"", 0}},
		{{"-X", 2}, {"", 0}},         {{"", 0}, {"", 0}},
	};
	struct write_request w = {.request = read_request("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"),
	                          .host = SPAN("a"), .body = BODY_NONE, .own_count = 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		w.own = &bad[i];
		refuse(&w);
	}
}

static void
framing_and_connection_are_nobodys_own(void **state)
{
	static const char *const names[] = {"Content-Length", "transfer-encoding", "Host",
	                                    "Connection", "Upgrade", "Proxy-Anything", "Expect"};
	struct write_request w = {.request = read_request("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"),
	                          .host = SPAN("a"), .body = BODY_NONE, .own_count = 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct own_field own = {span_cstr(names[i]), SPAN("x")};

		w.own = &own;
		refuse(&w);
	}
}

static void
targets_and_hosts_are_looked_at_again(void **state)
{
	static const char *const paths[] = {"", "a", "/a b", "/a\r\n", "/a%", "/a%2", "/a%zz",
	                                    "/a?b", "/a#b", "/\x80"};
	static const char *const hosts[] = {"", "a b", "a\r\nX: y", "a/b", "a@b"};
	const struct request *good = read_request("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
	struct request r = *good;
	struct write_request w = {.request = &r, .host = SPAN("a"), .body = BODY_NONE};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		r.path = span_cstr(paths[i]);
		refuse(&w);
	}
	r = *good;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		w.host = span_cstr(hosts[i]);
		refuse(&w);
	}
	w.host = SPAN("a");
	r.has_query = true;
	r.query = SPAN("a b");
	refuse(&w);
	r = *good;
	w.body = BODY_TO_END;
	refuse(&w);
	r.is_asterisk = true;
	w.body = BODY_NONE;
	refuse(&w);
}

static void
a_full_buffer_is_left_as_it_was(void **state)
{
	struct write_request w = {.request = read_request("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"),
	                          .host = SPAN("a"), .body = BODY_NONE};
	struct buf to = BUF_INIT(16);

	(void)state;
	assert_false(write_request(&to, &w));
	assert_int_equal(to.len, 0);
}

static void
an_answer_is_status_fields_ours_and_framing(void **state)
{
	static const struct own_field own[] = {{{"Countersign-Ticket", 18}, {"t1", 2}},
	                                       {{"Cache-Control", 13}, {"no-store", 8}}};
	struct write_answer w = {
		.status = 404,
		.upstream = read_whole(HEAD_ANSWER,
	                               "HTTP/1.1 404 Whatever They Say\r\nserver: x\r\n"
	                               "Transfer-Encoding: chunked\r\nConnection: close\r\n"
	                               "Cache-Control: public\r\nCountersign-Ticket: forged\r\n"
	                               "Set-Cookie: a\r\nset-cookie: b\r\n\r\n"),
		.own = own, .own_count = 2, .body = BODY_SIZED, .length = 3, .minor = 1};

	(void)state;
	expect_answer(&w, "HTTP/1.1 404 Not Found\r\nServer: x\r\nSet-Cookie: a\r\n"
	                  "Set-Cookie: b\r\nCountersign-Ticket: t1\r\nCache-Control: no-store\r\n"
	                  "Content-Length: 3\r\n\r\n");
}

static void
the_end_of_an_answer_is_said_in_one_way(void **state)
{
	struct write_answer w = {.status = 200, .body = BODY_CHUNKED, .minor = 1};

	(void)state;
	expect_answer(&w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	w.body = BODY_TO_END;
	expect_answer(&w, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	w.body = BODY_NONE;
	expect_answer(&w, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	w.omits_length = true;
	w.status = 204;
	expect_answer(&w, "HTTP/1.1 204 No Content\r\n\r\n");
	w.closes = true;
	expect_answer(&w, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
	w.closes = false;
	w.minor = 0;
	expect_answer(&w, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

static void
http10_gets_nothing_chunked(void **state)
{
	struct write_answer w = {.status = 200, .body = BODY_CHUNKED, .minor = 0};
	struct buf to = BUF_INIT(4096);

	(void)state;
	assert_false(write_answer(&to, &w));
	w.body = BODY_TUNNEL;
	w.minor = 1;
	assert_false(write_answer(&to, &w));
	w.body = BODY_NONE;
	w.status = 600;
	assert_false(write_answer(&to, &w));
	w.status = -1;
	assert_false(write_answer(&to, &w));
	assert_int_equal(to.len, 0);
	buf_clear(&to);
}

static void
every_status_has_a_reason(void **state)
{
	(void)state;
	for (int status = -1; status < 700; status++)
		assert_true(span_cstr(status_reason(status)).len > 0);
	assert_string_equal(status_reason(428), "Precondition Required");
	assert_string_equal(status_reason(299), "Unassigned");
	assert_string_equal(status_reason(600), "Unassigned");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_host_fields_ours_and_framing),
		cmocka_unit_test(the_length_is_ours_whatever_the_caller_said),
		cmocka_unit_test(the_owner_of_the_call_may_leave_fields_out),
		cmocka_unit_test(a_field_of_ours_stands_alone),
		cmocka_unit_test(bytes_that_may_not_stand_there_are_not_written),
		cmocka_unit_test(framing_and_connection_are_nobodys_own),
		cmocka_unit_test(targets_and_hosts_are_looked_at_again),
		cmocka_unit_test(a_full_buffer_is_left_as_it_was),
		cmocka_unit_test(an_answer_is_status_fields_ours_and_framing),
		cmocka_unit_test(the_end_of_an_answer_is_said_in_one_way),
		cmocka_unit_test(http10_gets_nothing_chunked),
		cmocka_unit_test(every_status_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
