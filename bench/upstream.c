/* The upstream of every benchmark: a small JSON answer, a large one, or none. */
/* SPDX-License-Identifier: Apache-2.0 */

/* 200 bytes of JSON; 1 MiB below /large; below /stall never an answer.  A request below
 * /gated or /stall is told on standard output as "NANOSECONDS TARGET", the time being
 * that of its first byte. */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench/wire.h"

enum { HEAD_MAX = 16 * 1024, SMALL_BODY = 200, LARGE_BODY = 1024 * 1024 };

struct answer {
	char *ptr;
	size_t len;
};

struct connection {
	int fd;
	size_t len;
	size_t body_left;
	bool is_answering;
	bool is_waiting; /* for the caller to take more of the answer */
	uint64_t first_byte_ns;
	const struct answer *answer;
	size_t sent;
	char head[HEAD_MAX];
};

static struct answer small_answer, large_answer;
static char body_buffer[WIRE_BUFFER];
static int epoll_fd;

static struct answer
answer_new(const char *type, size_t body_len)
{
	size_t room = body_len + 512;
	char *ptr = malloc(room), date[64];
	time_t now = time(NULL);
	struct tm parts;
	int head;

	if (!ptr || !gmtime_r(&now, &parts))
		wire_fail("out of memory");
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &parts);
	head = snprintf(ptr, room,
	                "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: %s\r\n"
	                "Content-Length: %zu\r\n\r\n",
	                date, type, body_len);
	memset(ptr + head, 'x', body_len);
	return (struct answer){ptr, (size_t)head + body_len};
}

static void
make_answers(void)
{
	static const char open[] = "{\"name\": \"", close[] = "\"}";
	char *body;

	small_answer = answer_new("application/json", SMALL_BODY);
	large_answer = answer_new("application/octet-stream", LARGE_BODY);
	body = small_answer.ptr + small_answer.len - SMALL_BODY;
	memcpy(body, open, sizeof(open) - 1);
	memcpy(body + SMALL_BODY - (sizeof(close) - 1), close, sizeof(close) - 1);
}

static void
drop(struct connection *c)
{
	close(c->fd);
	free(c);
}

/* The value of Content-Length, 0 without one. */
static size_t
body_len(const char *head, size_t len)
{
	static const char name[] = "\r\nContent-Length:";
	size_t name_len = sizeof(name) - 1, value = 0;

	for (size_t i = 0; i + name_len < len; i++) {
		if (head[i] != '\r' || strncasecmp(head + i, name, name_len) != 0)
			continue;
		i += name_len;
		i += head[i] == ' ';
		for (; head[i] >= '0' && head[i] <= '9'; i++)
			value = value * 10 + (size_t)(head[i] - '0');
		break;
	}
	return value;
}

static bool
is_below(const char *target, size_t len, const char *prefix)
{
	size_t prefix_len = strlen(prefix);

	return len >= prefix_len && memcmp(target, prefix, prefix_len) == 0;
}

static void
choose_answer(struct connection *c, size_t head_len)
{
	const char *target = memchr(c->head, ' ', head_len), *end;
	size_t len;

	if (!target)
		wire_fail("upstream got no request line");
	target++;
	end = memchr(target, ' ', head_len - (size_t)(target - c->head));
	len = end ? (size_t)(end - target) : 0;
	c->answer = is_below(target, len, "/large") ? &large_answer : &small_answer;
	if (is_below(target, len, "/stall"))
		c->answer = NULL;
	if (!c->answer || is_below(target, len, "/gated")) {
		printf("%llu %.*s\n", (unsigned long long)c->first_byte_ns, (int)len,
		       target);
		fflush(stdout);
	}
}

static void
wait_for_room(struct connection *c, bool is_waiting)
{
	if (c->is_waiting == is_waiting)
		return;
	c->is_waiting = is_waiting;
	wire_rewatch(epoll_fd, c->fd, is_waiting ? EPOLLIN | EPOLLOUT : EPOLLIN, c);
}

/* False when the connection is gone. */
static bool
send_answer(struct connection *c)
{
	ssize_t put = send(c->fd, c->answer->ptr + c->sent, c->answer->len - c->sent,
	                   MSG_NOSIGNAL);

	if (put < 0 && errno != EAGAIN) {
		drop(c);
		return false;
	}
	c->sent += put > 0 ? (size_t)put : 0;
	c->is_answering = c->sent < c->answer->len;
	wait_for_room(c, c->is_answering);
	if (!c->is_answering)
		c->sent = 0;
	return true;
}

static bool
finish_request(struct connection *c)
{
	c->first_byte_ns = 0;
	if (!c->answer)
		return true;
	return send_answer(c);
}

/* Takes the requests out of what has come so far; false when the connection is gone. */
static bool
read_requests(struct connection *c)
{
	while (c->len > 0 && !c->is_answering) {
		const char *end = memmem(c->head, c->len, "\r\n\r\n", 4);
		size_t head_len, take;

		if (!end)
			return true;
		head_len = (size_t)(end - c->head) + 4;
		choose_answer(c, head_len);
		c->body_left = body_len(c->head, head_len);
		take = c->len - head_len < c->body_left ? c->len - head_len
		                                        : c->body_left;
		c->body_left -= take;
		c->len -= head_len + take;
		memmove(c->head, c->head + head_len + take, c->len);
		if (c->body_left > 0)
			return true;
		if (!finish_request(c))
			return false;
	}
	return true;
}

static void
read_body(struct connection *c)
{
	size_t want = c->body_left < WIRE_BUFFER ? c->body_left : WIRE_BUFFER;
	ssize_t got = recv(c->fd, body_buffer, want, 0);

	if (got == 0 || (got < 0 && errno != EAGAIN)) {
		drop(c);
		return;
	}
	c->body_left -= got > 0 ? (size_t)got : 0;
	if (c->body_left == 0)
		finish_request(c);
}

static void
on_readable(struct connection *c)
{
	ssize_t got;

	if (c->body_left > 0) {
		read_body(c);
		return;
	}
	got = recv(c->fd, c->head + c->len, HEAD_MAX - c->len, 0);
	if (got == 0 || (got < 0 && errno != EAGAIN)) {
		drop(c);
		return;
	}
	if (c->first_byte_ns == 0)
		c->first_byte_ns = wire_now_ns();
	c->len += got > 0 ? (size_t)got : 0;
	read_requests(c);
}

static void
accept_callers(int listener)
{
	int fd;

	while ((fd = wire_accept(listener)) >= 0) {
		struct connection *c = malloc(sizeof(*c));

		if (!c)
			wire_fail("out of memory");
		/* The head stays untouched, so that ten thousand of them are small. */
		memset(c, 0, offsetof(struct connection, head));
		c->fd = fd;
		wire_watch(epoll_fd, fd, EPOLLIN, c);
	}
}

static void
on_event(const struct epoll_event *event, int listener)
{
	struct connection *c = event->data.ptr;

	if (!c)
		accept_callers(listener);
	else if (event->events & EPOLLOUT) {
		if (send_answer(c) && !c->is_answering)
			read_requests(c);
	} else
		on_readable(c);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[256];
	int listener;

	if (argc != 2) {
		fprintf(stderr, "usage: upstream PORT\n");
		return 2;
	}
	make_answers();
	listener = wire_listen((uint16_t)wire_number(argv[1], UINT16_MAX));
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	wire_watch(epoll_fd, listener, EPOLLIN, NULL);
	for (;;) {
		int count = epoll_wait(epoll_fd, events, 256, -1);

		for (int i = 0; i < count; i++)
			on_event(&events[i], listener);
	}
}
