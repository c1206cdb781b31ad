/* Connections that are asked, with a peer on a real socket. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/net/http_server.h"

enum { ANSWER_MAX = 64 * 1024, BIG = 8 * 1024 * 1024 };

/* A server on its own thread that answers with what it was sent. */
struct server {
	struct loop *loop;
	struct http_server *http;
	struct limits limits;
	struct address at;
	pthread_t thread;
};

struct echo {
	struct http_call *call;
	struct buf body;
	size_t big_left; /* for "/big": answered in pieces, under back-pressure */
};

static void
echo_end(struct echo *e)
{
	buf_clear(&e->body);
	free(e);
}

static void
send_big(struct echo *e)
{
	static char piece[65536];
	bool has_room = true;

	while (e->big_left && has_room) {
		e->big_left -= sizeof(piece);
		has_room = http_call_send(e->call, SPAN_NONE, span_of(piece, sizeof(piece)),
		                          e->big_left == 0);
	}
	if (e->big_left == 0)
		echo_end(e);
}

static void
begin_big(struct echo *e)
{
	struct buf head = BUF_INIT(4096);
	struct write_answer w = {.status = 200, .body = BODY_SIZED, .length = BIG, .minor = 1};

	assert_true(write_answer(&head, &w));
	http_call_frame(e->call, BODY_SIZED);
	e->big_left = BIG;
	http_call_send(e->call, buf_span(&head), SPAN_NONE, false);
	buf_clear(&head);
	send_big(e);
}

static void
take(struct echo *e, struct span body, bool is_last)
{
	struct http_call *call = e->call;

	buf_add(&e->body, body);
	if (!is_last)
		return;
	http_call_answer(call, 200, NULL, 0, buf_span(&e->body));
	echo_end(e);
}

static void
on_request(void *ctx UNUSED, struct http_call *call, const struct head *head,
           const struct framing *framing UNUSED, struct span body, bool is_last)
{
	struct echo *e = memory_new(sizeof(*e));

	e->call = call;
	e->body = BUF_INIT(1 << 20);
	http_call_own(call, e);
	if (span_eq(head_part(head, head->target), SPAN("/big"))) {
		begin_big(e);
		return;
	}
	if (!is_last)
		http_call_continue(call);
	take(e, body, is_last);
}

static void
on_body(void *owner, struct span body, bool is_last)
{
	take(owner, body, is_last);
}

static void
on_fault(void *owner, struct http_call *call, enum fault fault, const struct head *head UNUSED)
{
	if (http_call_is_owned(call))
		echo_end(owner);
	http_call_answer(call, fault_status(fault), NULL, 0, span_cstr(fault_word(fault)));
}

static void
on_drained(void *owner)
{
	send_big(owner);
}

static void
on_gone(void *owner)
{
	echo_end(owner);
}

static const struct http_handler handler = {on_request, on_body, on_fault, on_drained, on_gone};

static void *
serve(void *arg)
{
	loop_run(((struct server *)arg)->loop);
	return NULL;
}

static void
start(struct server *s)
{
	struct buf why = BUF_INIT(1024);
	struct address any;
	int fd;

	s->limits = limits_default;
	s->limits.head_timeout_us = s->limits.body_timeout_us = 100 * MS_US;
	s->loop = loop_new();
	s->http = http_server_new(s->loop, &s->limits, &handler, s);
	assert_true(address_read(SPAN("127.0.0.1:0"), &any, &why));
	fd = listener_bind(&any, &why);
	assert_true(fd >= 0);
	s->at = any;
	assert_return_code(getsockname(fd, (struct sockaddr *)&s->at.sa, &s->at.len), 0);
	http_server_listen(s->http, listener_new(s->loop, fd));
	assert_return_code(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
stop(struct server *s)
{
	loop_stop(s->loop);
	pthread_join(s->thread, NULL);
	http_server_free(s->http);
	loop_free(s->loop);
}

static int
dial(const struct server *s)
{
	int fd = socket(s->at.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_return_code(connect(fd, (const struct sockaddr *)&s->at.sa, s->at.len), 0);
	return fd;
}

static void
say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Until `end` has come, or the peer closed. */
static const char *
hear_until(int fd, const char *end)
{
	static char heard[ANSWER_MAX];
	size_t len = 0;

	heard[0] = '\0';
	while (!(end && strstr(heard, end)) && len < sizeof(heard) - 1) {
		ssize_t got = recv(fd, heard + len, sizeof(heard) - 1 - len, 0);

		if (got <= 0)
			break;
		len += (size_t)got;
		heard[len] = '\0';
	}
	return heard;
}

static size_t
count(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part))) {
		n++;
		text += strlen(part);
	}
	return n;
}

static const char post[] = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";

static void
a_connection_takes_one_request_after_another(void **state UNUSED)
{
	struct server s;
	int fd;

	start(&s);
	fd = dial(&s);
	for (int i = 0; i < 3; i++) {
		say(fd, post);
		assert_non_null(strstr(hear_until(fd, "hello"), "200 OK"));
	}
	close(fd);
	stop(&s);
}

static void
pipelined_requests_are_answered_in_order(void **state UNUSED)
{
	struct server s;
	const char *heard;
	int fd;

	start(&s);
	fd = dial(&s);
	say(fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
	        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
	        "GET /c HTTP/1.1\r\nHost: x\r\n\r\n"
	        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nthree");
	heard = hear_until(fd, NULL);
	assert_int_equal(count(heard, "HTTP/1.1 200 OK"), 4);
	assert_true(strstr(heard, "one") < strstr(heard, "two"));
	assert_true(strstr(heard, "two") < strstr(heard, "three"));
	close(fd);
	stop(&s);
}

static void
every_cut_of_the_bytes_gives_the_same_answer(void **state UNUSED)
{
	static const char request[] =
		"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
	struct server s;
	int fd;

	start(&s);
	fd = dial(&s);
	for (size_t at = 1; at < sizeof(request) - 1; at++) {
		assert_int_equal(send(fd, request, at, MSG_NOSIGNAL), (ssize_t)at);
		say(fd, request + at);
		assert_non_null(strstr(hear_until(fd, "abcdefg"), "200 OK"));
	}
	close(fd);
	stop(&s);
}

static void
a_fault_is_answered_and_ends_the_connection(void **state UNUSED)
{
	struct server s;
	const char *heard;
	int fd;

	start(&s);
	fd = dial(&s);
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
	        "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
	heard = hear_until(fd, NULL);
	assert_int_equal(count(heard, "HTTP/1.1"), 1);
	assert_non_null(strstr(heard, "400"));
	assert_non_null(strstr(heard, "Connection: close"));
	close(fd);
	stop(&s);
}

static void
a_head_that_does_not_end_is_told_so(void **state UNUSED)
{
	struct server s;
	int fd;

	start(&s);
	fd = dial(&s);
	say(fd, "GET / HTTP/1.1\r\nHost:");
	assert_non_null(strstr(hear_until(fd, NULL), "408"));
	close(fd);
	stop(&s);
}

static void
a_body_that_does_not_end_is_told_so(void **state UNUSED)
{
	struct server s;
	int fd;

	start(&s);
	fd = dial(&s);
	say(fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
	assert_non_null(strstr(hear_until(fd, NULL), "408"));
	close(fd);
	stop(&s);
}

static void
who_waits_for_100_gets_it(void **state UNUSED)
{
	struct server s;
	int fd;

	start(&s);
	fd = dial(&s);
	say(fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	assert_non_null(strstr(hear_until(fd, "\r\n\r\n"), "100 Continue"));
	say(fd, "ok");
	assert_non_null(strstr(hear_until(fd, "ok"), "200 OK"));
	close(fd);
	stop(&s);
}

static void
a_big_answer_reaches_a_slow_reader_whole(void **state UNUSED)
{
	static char sink[16384];
	struct server s;
	size_t total = 0;
	ssize_t got;
	int fd;

	start(&s);
	fd = dial(&s);
	say(fd, "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	while ((got = recv(fd, sink, sizeof(sink), 0)) > 0)
		total += (size_t)got;
	assert_true(total > BIG && total < BIG + 1024);
	close(fd);
	stop(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_takes_one_request_after_another),
		cmocka_unit_test(pipelined_requests_are_answered_in_order),
		cmocka_unit_test(every_cut_of_the_bytes_gives_the_same_answer),
		cmocka_unit_test(a_fault_is_answered_and_ends_the_connection),
		cmocka_unit_test(a_head_that_does_not_end_is_told_so),
		cmocka_unit_test(a_body_that_does_not_end_is_told_so),
		cmocka_unit_test(who_waits_for_100_gets_it),
		cmocka_unit_test(a_big_answer_reaches_a_slow_reader_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
