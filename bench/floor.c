/* The floor: a relay that reads nothing of what it carries. */
/* SPDX-License-Identifier: Apache-2.0 */

/* One upstream connection for each caller.  What a proxy costs above this is its own
 * work; what is below is the kernel's. */

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/wire.h"

/* Bytes that `fd` would not take yet wait in `rest`; meanwhile the other side is not
 * read. */
struct side {
	int fd;
	struct side *other;
	size_t rest_at, rest_len;
	uint32_t watched;
	struct side *next_closed;
	char rest[WIRE_BUFFER];
};

struct relay {
	int epoll;
	int listener;
	uint16_t upstream_port;
	struct side *closed;
	char buffer[WIRE_BUFFER];
};

static struct side *
side_new(int fd)
{
	struct side *side = malloc(sizeof(*side));

	if (!side)
		wire_fail("out of memory");
	/* The rest stays untouched: most sides never need it. */
	memset(side, 0, offsetof(struct side, rest));
	side->fd = fd;
	side->watched = EPOLLIN;
	return side;
}

static void
watch(struct relay *relay, struct side *side, uint32_t events)
{
	if (side->watched != events)
		wire_rewatch(relay->epoll, side->fd, events, side);
	side->watched = events;
}

static void
close_side(struct relay *relay, struct side *side)
{
	close(side->fd);
	side->fd = -1;
	side->next_closed = relay->closed;
	relay->closed = side;
}

static void
close_both(struct relay *relay, struct side *side)
{
	close_side(relay, side->other);
	close_side(relay, side);
}

/* After the batch of events, because both sides may have been in it. */
static void
free_closed(struct relay *relay)
{
	while (relay->closed) {
		struct side *side = relay->closed;

		relay->closed = side->next_closed;
		free(side);
	}
}

static void
keep_rest(struct relay *relay, struct side *to, const char *bytes, size_t len)
{
	memcpy(to->rest, bytes, len);
	to->rest_at = 0;
	to->rest_len = len;
	watch(relay, to, to->watched | EPOLLOUT);
	watch(relay, to->other, to->other->watched & ~(uint32_t)EPOLLIN);
}

static void
carry(struct relay *relay, struct side *from)
{
	ssize_t got = recv(from->fd, relay->buffer, sizeof(relay->buffer), 0);
	ssize_t put;

	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		close_both(relay, from);
		return;
	}
	put = send(from->other->fd, relay->buffer, (size_t)got, MSG_NOSIGNAL);
	/* The first request may overtake the connect. */
	if (put < 0 && errno == EAGAIN)
		put = 0;
	if (put < 0)
		close_both(relay, from);
	else if (put < got)
		keep_rest(relay, from->other, relay->buffer + put, (size_t)(got - put));
}

static void
send_rest(struct relay *relay, struct side *to)
{
	ssize_t put = send(to->fd, to->rest + to->rest_at, to->rest_len, MSG_NOSIGNAL);

	if (put < 0) {
		if (errno != EAGAIN)
			close_both(relay, to);
		return;
	}
	to->rest_at += (size_t)put;
	to->rest_len -= (size_t)put;
	if (to->rest_len > 0)
		return;
	watch(relay, to, to->watched & ~(uint32_t)EPOLLOUT);
	watch(relay, to->other, to->other->watched | EPOLLIN);
}

static void
accept_callers(struct relay *relay)
{
	int fd;

	while ((fd = wire_accept(relay->listener)) >= 0) {
		struct side *caller = side_new(fd);
		struct side *upstream = side_new(wire_connect(relay->upstream_port));

		caller->other = upstream;
		upstream->other = caller;
		wire_watch(relay->epoll, caller->fd, EPOLLIN, caller);
		wire_watch(relay->epoll, upstream->fd, EPOLLIN, upstream);
	}
}

static void
on_event(struct relay *relay, const struct epoll_event *event)
{
	struct side *side = event->data.ptr;

	if (!side) {
		accept_callers(relay);
		return;
	}
	if (side->fd >= 0 && (event->events & EPOLLOUT))
		send_rest(relay, side);
	if (side->fd >= 0 && (event->events & ~(uint32_t)EPOLLOUT)) {
		/* A hang-up is told even while reading is off. */
		if (side->watched & EPOLLIN)
			carry(relay, side);
		else
			close_both(relay, side);
	}
}

int
main(int argc, char **argv)
{
	static struct relay relay;
	struct epoll_event events[256];

	if (argc != 3) {
		fprintf(stderr, "usage: floor PORT UPSTREAM-PORT\n");
		return 2;
	}
	relay.upstream_port = (uint16_t)wire_number(argv[2], UINT16_MAX);
	relay.listener = wire_listen((uint16_t)wire_number(argv[1], UINT16_MAX));
	relay.epoll = epoll_create1(EPOLL_CLOEXEC);
	wire_watch(relay.epoll, relay.listener, EPOLLIN, NULL);
	for (;;) {
		int count = epoll_wait(relay.epoll, events, 256, -1);

		for (int i = 0; i < count; i++)
			on_event(&relay, &events[i]);
		free_closed(&relay);
	}
}
