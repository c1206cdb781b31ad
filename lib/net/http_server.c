/* Connections that are asked: listeners, deadlines, draining. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/http_server.h"

#include <stdlib.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/net/census.h"
#include "lib/net/http_connection.h"

static void
on_connection(void *owner, int fd)
{
	struct http_server *s = owner;
	struct address *peer = memory_new(sizeof(*peer));

	address_of_peer(fd, peer);
	if (s->census && !census_enter(s->census, peer)) {
		free(peer);
		close(fd);
		return;
	}
	connection_new(s, fd, peer);
}

static void
expire(struct http_call *call, enum deadline deadline)
{
	switch (deadline) {
	case DEADLINE_HEAD:
		connection_fault(call, FAULT_HEAD_TIMEOUT, NULL);
		break;
	case DEADLINE_BODY:
		connection_fault(call, FAULT_BODY_TIMEOUT, NULL);
		break;
	case DEADLINE_IDLE:
	case DEADLINE_LINGER:
		connection_destroy(call);
		break;
	case DEADLINE_WRITE:
		stream_abort(&call->stream);
		connection_lose(call);
		break;
	case DEADLINE_NONE:
	case DEADLINE_COUNT:
		break;
	}
}

static void
on_deadline(void *owner)
{
	const struct clockwork *work = owner;
	struct http_server *s = work->server;
	struct list *list = &s->waiting[work->deadline];
	int64_t allowed = deadline_allowance(s, work->deadline), left;

	while (!list_is_empty(list)) {
		struct http_call *call = LIST_ENTRY(list->next, struct http_call, node);

		left = call->since.us + allowed - clock_mono().us;
		if (left > MS_US) {
			timer_set(s->timers[work->deadline], left);
			return;
		}
		expire(call, work->deadline);
	}
}

struct http_server *
http_server_new(struct loop *loop, const struct limits *limits,
                const struct http_handler *handler, void *ctx)
{
	struct http_server *s = memory_new(sizeof(*s));

	s->loop = loop;
	s->limits = limits;
	s->handler = handler;
	s->ctx = ctx;
	for (int i = 0; i < DEADLINE_COUNT; i++) {
		list_init(&s->waiting[i]);
		s->clockworks[i] = (struct clockwork){s, (enum deadline)i};
		s->timers[i] = timer_new(loop, on_deadline, &s->clockworks[i]);
	}
	return s;
}

void
http_server_count_in(struct http_server *s, struct census *census)
{
	s->census = census;
}

void
http_server_limit(struct http_server *s, const struct limits *limits)
{
	s->limits = limits;
	/* A deadline may be over sooner than its timer thought. */
	for (int i = 0; i < DEADLINE_COUNT; i++) {
		if (!list_is_empty(&s->waiting[i]))
			timer_set(s->timers[i], MS_US);
	}
}

void
http_server_take_utf8(struct http_server *s, bool takes_utf8)
{
	s->takes_utf8 = takes_utf8;
}

void
http_server_listen(struct http_server *s, struct listener *listener)
{
	if (s->listener_count == ARRAY_LEN(s->listeners)) {
		listener_free(&listener);
		return;
	}
	s->listeners[s->listener_count++] = listener;
	listener_start(listener, on_connection, s);
}

void
http_server_drain(struct http_server *s)
{
	s->is_draining = true;
	for (size_t i = 0; i < s->listener_count; i++)
		listener_free(&s->listeners[i]);
	s->listener_count = 0;
	LIST_EACH(&s->waiting[DEADLINE_IDLE], node)
		connection_destroy(LIST_ENTRY(node, struct http_call, node));
	for (int i = 0; i < DEADLINE_COUNT; i++) {
		LIST_EACH(&s->waiting[i], node)
			LIST_ENTRY(node, struct http_call, node)->closes = true;
	}
}

void
http_server_free(struct http_server *s)
{
	if (!s)
		return;
	http_server_drain(s);
	for (int i = 0; i < DEADLINE_COUNT; i++) {
		while (!list_is_empty(&s->waiting[i]))
			connection_lose(LIST_ENTRY(s->waiting[i].next, struct http_call, node));
		timer_free(&s->timers[i]);
	}
	free(s);
}
