/* The link to Redis against servers that misbehave. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/net/redis.h"

enum { REPLY_MAX = 4096 };

/* What a server says: first when it is asked for its role, then to each command more.  It
 * goes on until the peer hangs up. */
struct fake {
	char path[80];
	int listener;
	const char *const *lines; /* NULL ends a connection, two end the server */
	pthread_t thread;
};

static const char greeting[] = "+OK\r\n*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n";

/* Waits for bytes that end with `last`; false when the peer has gone. */
static bool
hear(int fd, const char *last)
{
	char heard[8192];
	size_t len = 0;
	ssize_t got;

	while ((got = recv(fd, heard + len, sizeof(heard) - 1 - len, 0)) > 0) {
		len += (size_t)got;
		heard[len] = '\0';
		if (strstr(heard, last))
			return true;
	}
	return false;
}

static void *
serve(void *arg)
{
	struct fake *f = arg;

	for (const char *const *at = f->lines; *at; at++) {
		int fd = accept(f->listener, NULL, NULL);
		const char *awaited = "ROLE\r\n";

		for (; *at; at++) {
			if (hear(fd, awaited))
				send(fd, *at, strlen(*at), MSG_NOSIGNAL);
			awaited = "\r\n";
		}
		while (hear(fd, "\r\n"))
			;
		close(fd);
	}
	return NULL;
}

struct seen {
	struct loop *loop;
	unsigned ups, downs, replies, unknown;
	char text[64];
	unsigned stop_at; /* when so many of these have come */
};

static void
look(struct seen *s)
{
	if (s->ups + s->downs + s->replies + s->unknown >= s->stop_at)
		loop_stop(s->loop);
}

static void
on_event(void *owner, enum redis_event event)
{
	struct seen *s = owner;

	*(event == REDIS_UP ? &s->ups : &s->downs) += 1;
	look(s);
}

static void
on_reply(void *owner, const struct resp *reply)
{
	struct seen *s = owner;

	*(reply ? &s->replies : &s->unknown) += 1;
	snprintf(s->text, sizeof(s->text), "%.*s", SPAN_ARG(resp_text(reply)));
	look(s);
}

static void
fake_start(struct fake *f, const char *const *lines)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	snprintf(f->path, sizeof(f->path), "/tmp/countersign-test-%ld.sock", (long)getpid());
	unlink(f->path);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", f->path);
	f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(f->listener, (const struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(f->listener, 5), 0);
	f->lines = lines;
	assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
}

static struct redis *
link_to(struct fake *f, struct seen *s)
{
	struct redis_settings settings = {
		.name = SPAN("test"),
		.command_timeout_us = 300 * MS_US,
		.reply_max = REPLY_MAX,
	};
	struct buf why = BUF_INIT(200), text = BUF_INIT(100);

	buf_addf(&text, "unix:%s", f->path);
	assert_true(address_read(buf_span(&text), &settings.address, &why));
	buf_clear(&text);
	s->loop = loop_new();
	return redis_new(s->loop, &settings, on_event, s);
}

static void
run_until(struct seen *s, unsigned events)
{
	s->stop_at = events;
	loop_run(s->loop);
}

static void
ping(struct redis *redis, struct seen *s)
{
	struct span args[] = {SPAN("PING")};

	redis_send(redis, &(struct redis_command){.args = args, .count = 1}, on_reply, s);
}

static void
fake_end(struct fake *f, struct redis **redis, struct seen *s)
{
	redis_close(redis);
	loop_free(s->loop);
	pthread_join(f->thread, NULL);
	close(f->listener);
	unlink(f->path);
}

/* Comes up, sends PING, gets `answer`: the outcome is unknown, and the link comes back. */
static void
expect_unknown_after(const char *answer)
{
	const char *const lines[] = {greeting, answer, NULL, greeting, NULL, NULL};
	struct fake f;
	struct seen s = {0};
	struct redis *redis;

	fake_start(&f, lines);
	redis = link_to(&f, &s);
	run_until(&s, 1);
	assert_int_equal(s.ups, 1);
	ping(redis, &s);
	run_until(&s, 4);
	assert_int_equal(s.unknown, 1);
	assert_int_equal(s.downs, 1);
	assert_int_equal(s.ups, 2);
	assert_int_equal(s.replies, 0);
	fake_end(&f, &redis, &s);
}

static void
what_is_not_an_answer_breaks_the_link(void **state UNUSED)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\n\r\n", "*1000000000\r\n", "$1000000000\r\n", "%1\r\n",
		"",                        "+OK",             "*-7\r\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		expect_unknown_after(answers[i]);
}

static void
an_answer_nobody_asked_for_breaks_the_link(void **state UNUSED)
{
	const char *const lines[] = {greeting, "+PONG\r\n+MORE\r\n", NULL, greeting, NULL, NULL};
	struct fake f;
	struct seen s = {0};
	struct redis *redis;

	fake_start(&f, lines);
	redis = link_to(&f, &s);
	run_until(&s, 1);
	ping(redis, &s);
	run_until(&s, 4);
	assert_int_equal(s.replies, 1);
	assert_int_equal(s.downs, 1);
	assert_int_equal(s.ups, 2);
	fake_end(&f, &redis, &s);
}

static void
a_replica_is_not_for_us(void **state UNUSED)
{
	const char *const lines[] = {"+OK\r\n*5\r\n$5\r\nslave\r\n$1\r\nx\r\n:1\r\n$1\r\nx\r\n:0\r\n",
	                             NULL,
	                             "+OK\r\n-NOAUTH no\r\n",
	                             NULL,
	                             greeting,
	                             NULL,
	                             NULL};
	struct fake f;
	struct seen s = {0};
	struct redis *redis;

	fake_start(&f, lines);
	redis = link_to(&f, &s);
	run_until(&s, 1);
	assert_int_equal(s.ups, 1);
	fake_end(&f, &redis, &s);
}

static void
a_command_while_the_link_is_down_is_told_so_later(void **state UNUSED)
{
	const char *const lines[] = {greeting, NULL, NULL};
	struct fake f;
	struct seen s = {0};
	struct redis *redis;

	fake_start(&f, lines);
	redis = link_to(&f, &s);
	ping(redis, &s);
	assert_int_equal(s.unknown, 0);
	run_until(&s, 2);
	assert_int_equal(s.unknown, 1);
	fake_end(&f, &redis, &s);
}

static void
a_script_is_sent_whole_when_it_is_not_known(void **state UNUSED)
{
	const char *const lines[] = {greeting, "-NOSCRIPT No matching script\r\n", "$2\r\nhi\r\n",
	                             NULL, NULL};
	struct fake f;
	struct seen s = {0};
	struct redis *redis;
	struct redis_script script;
	struct span args[] = {SPAN("key"), SPAN("value")};

	redis_script_init(&script, SPAN("return 'hi'"));
	assert_string_equal(script.sha1, "2f31ba2bb6d6a0f42cc159d2e2dad55440778de3");
	fake_start(&f, lines);
	redis = link_to(&f, &s);
	run_until(&s, 1);
	redis_send(redis,
	           &(struct redis_command){.script = &script, .args = args, .count = 2, .key_count = 1},
	           on_reply, &s);
	run_until(&s, 2);
	assert_int_equal(s.replies, 1);
	assert_string_equal(s.text, "hi");
	fake_end(&f, &redis, &s);
}

static void
answers_are_read_however_they_are_cut(void **state UNUSED)
{
	static const char bytes[] = "*3\r\n$5\r\nhello\r\n:-42\r\n*2\r\n$-1\r\n-ERR no\r\n+next\r\n";

	for (size_t step = 1; step < sizeof(bytes); step++) {
		struct resp_reader *reader = resp_reader_new(REPLY_MAX);
		struct resp *reply = NULL;

		for (size_t at = 0; at < sizeof(bytes) - 1; at += step) {
			size_t left = sizeof(bytes) - 1 - at;
			struct resp *next;

			assert_true(resp_reader_feed(
				reader, span_of(bytes + at, left < step ? left : step)));
			next = resp_reader_next(reader);
			if (next && !reply)
				reply = next;
			else
				resp_free(next);
		}
		assert_int_equal(resp_count(reply), 3);
		assert_true(span_eq(resp_text(resp_at(reply, 0)), SPAN("hello")));
		assert_int_equal(resp_integer(resp_at(reply, 1)), -42);
		assert_int_equal(resp_kind(resp_at(resp_at(reply, 2), 0)), RESP_NIL);
		assert_true(resp_is_error(resp_at(resp_at(reply, 2), 1), "ERR"));
		assert_null(resp_at(reply, 3));
		resp_free(reply);
		resp_reader_free(&reader);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read_however_they_are_cut),
		cmocka_unit_test(what_is_not_an_answer_breaks_the_link),
		cmocka_unit_test(an_answer_nobody_asked_for_breaks_the_link),
		cmocka_unit_test(a_replica_is_not_for_us),
		cmocka_unit_test(a_command_while_the_link_is_down_is_told_so_later),
		cmocka_unit_test(a_script_is_sent_whole_when_it_is_not_known),
	};

	return cmocka_run_group_tests_name("redis", tests, NULL, NULL);
}
