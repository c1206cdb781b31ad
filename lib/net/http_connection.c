/* One connection that is asked: the machine that reads requests off it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/http_connection.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/net/census.h"

/* Bytes of later requests kept while one is being answered; then reading stops. */
enum { EARLY_MAX = 64 * 1024 };
/*
 * What a peer may still send after the last answer before the connection is cut.  Who uploads
 * without reading sees the answer only when all is written, and a close on unread bytes is a
 * reset that takes the answer away: so bytes are dropped as long as they keep coming.  An
 * upload that is refused seldom has more than this; nothing of it is kept.
 */
enum { LINGER_BYTES = 16 * 1024 * 1024 };

/* How long a closing peer may be silent, and how long it may take altogether. */
#define LINGER_US     SECOND_US
#define LINGER_ALL_US (5 * SECOND_US)

static void advance(struct http_call *call);

int64_t
deadline_allowance(const struct http_server *s, enum deadline deadline)
{
	switch (deadline) {
	case DEADLINE_IDLE:
		return s->limits->idle_timeout_us;
	case DEADLINE_HEAD:
		return s->limits->head_timeout_us;
	case DEADLINE_BODY:
		return s->limits->body_timeout_us;
	case DEADLINE_WRITE:
		return s->limits->write_timeout_us;
	case DEADLINE_LINGER:
		return LINGER_US;
	case DEADLINE_NONE:
	case DEADLINE_COUNT:
		break;
	}
	return INT64_MAX / 2;
}

enum deadline
connection_deadline(const struct http_call *call)
{
	if (call->has_answered && stream_backlog(call->stream))
		return DEADLINE_WRITE;
	switch (call->state) {
	case CALL_IDLE:
		return DEADLINE_IDLE;
	case CALL_HEAD:
		return DEADLINE_HEAD;
	case CALL_BODY:
		return call->is_paused ? DEADLINE_NONE : DEADLINE_BODY;
	case CALL_FLUSH:
		return DEADLINE_WRITE;
	case CALL_LINGER:
		return DEADLINE_LINGER;
	case CALL_ANSWER: /* the owner's business */
	case CALL_STATES:
		break;
	}
	return DEADLINE_NONE;
}

/* The clock of the current state starts anew. */
void
connection_restart_clock(struct http_call *call)
{
	struct http_server *s = call->server;
	enum deadline deadline = connection_deadline(call);
	struct list *list = &s->waiting[deadline];

	list_remove(&call->node);
	if (deadline != DEADLINE_NONE) {
		call->since = clock_mono();
		if (list_is_empty(list))
			timer_set_at(s->timers[deadline], call->since,
			             deadline_allowance(s, deadline));
	}
	list_add_last(list, &call->node);
}

static void
enter(struct http_call *call, enum call_state state)
{
	call->state = state;
	connection_restart_clock(call);
}

/* The connection is over; nothing is told to the owner. */
void
connection_destroy(struct http_call *call)
{
	struct http_server *s = call->server;

	list_remove(&call->node);
	stream_close(&call->stream);
	if (s->census)
		census_leave(s->census, call->peer);
	s->connections--;
	buf_clear(&call->early);
	loop_free_later(s->loop, call->peer); /* on_gone still tells of it */
	loop_free_later(s->loop, call);
}

void
connection_lose(struct http_call *call)
{
	void *owner = call->owner;
	const struct http_handler *handler = call->server->handler;

	connection_destroy(call);
	if (owner)
		handler->on_gone(owner);
}

static void
start_linger(struct http_call *call)
{
	call->left = LINGER_BYTES;
	call->lingers_until = mono_after(clock_mono(), LINGER_ALL_US);
	buf_clear(&call->early);
	stream_shutdown(call->stream);
	stream_resume(call->stream);
	enter(call, CALL_LINGER);
}

/* The answer is with the kernel: the next request, or the end. */
static void
conclude(struct http_call *call)
{
	if (call->closes) {
		start_linger(call);
		return;
	}
	call->has_answered = false;
	call->is_head = false;
	call->answer = BODY_NONE;
	stream_resume(call->stream);
	enter(call, call->early.len ? CALL_HEAD : CALL_IDLE);
}

/* The owner has given the whole answer, or has none to give. */
void
connection_finish_answer(struct http_call *call)
{
	call->owner = NULL;
	call->is_paused = false;
	if (call->state == CALL_BODY) {
		/* A request that is not read to its end leaves no place to start the next. */
		call->closes = true;
		call->ignores_body = true;
	}
	if (stream_backlog(call->stream))
		enter(call, CALL_FLUSH);
	else
		conclude(call);
	if (!call->in_handler)
		advance(call);
}

void
connection_fault(struct http_call *call, enum fault fault, const struct head *head)
{
	struct http_server *s = call->server;
	bool was_in_handler = call->in_handler;

	call->closes = true;
	call->ignores_body = true;
	call->in_handler = true;
	if (call->state != CALL_BODY)
		enter(call, CALL_ANSWER);
	s->handler->on_fault(call->owner ? call->owner : s->ctx, call, fault, head);
	call->in_handler = was_in_handler;
	if (call->stream && (call->state == CALL_BODY || call->state == CALL_ANSWER))
		connection_destroy(call);
}

/* Takes the part of `bytes` that belongs to the body; decodes in place.  False: a fault. */
static bool
take_body(struct http_call *call, char *bytes, size_t len, struct span *ret_piece,
          struct span *ret_rest, bool *ret_last)
{
	enum fault fault = FAULT_NONE;
	enum progress progress;
	size_t taken = 0, data = len;

	if (call->framing.kind != BODY_CHUNKED) {
		data = taken = len < call->left ? len : (size_t)call->left;
		call->left -= taken;
		*ret_last = call->left == 0;
	} else {
		progress = chunked_read(&call->decoder, bytes, &data, &taken, &fault);
		if (progress == PROGRESS_FAULT) {
			connection_fault(call, fault, NULL);
			return false;
		}
		*ret_last = progress == PROGRESS_DONE;
	}
	*ret_piece = span_of(bytes, data);
	*ret_rest = span_of(bytes + taken, len - taken);
	return true;
}

/* Bytes behind the request in hand wait until it is answered. */
static void
keep_early(struct http_call *call, struct span rest)
{
	if (rest.len == 0)
		return;
	buf_add(&call->early, rest);
	call->has_news = true;
	/* Who asked may be held for long: that he goes is seen all the same. */
	if (call->early.len >= EARLY_MAX)
		stream_watch(call->stream);
}

/* Hands a complete head to the handler, with what has come of the body. */
static void
deliver(struct http_call *call, char *bytes, size_t len)
{
	struct http_server *s = call->server;
	const struct head *head = &s->head;
	struct span piece, rest;
	bool is_last;
	enum fault fault = framing_of_request(head, &call->framing);

	call->decoder = (struct chunked){0};
	call->is_head = span_eq(head_part(head, head->method), SPAN("HEAD"));
	call->left = call->framing.kind == BODY_SIZED ? call->framing.length : 0;
	call->ignores_body = false;
	call->closes = s->is_draining || !call->framing.persists;
	if (fault != FAULT_NONE) {
		connection_fault(call, fault, head);
		return;
	}
	if (!take_body(call, bytes + head->len, len - head->len, &piece, &rest, &is_last))
		return;
	keep_early(call, rest);
	enter(call, is_last ? CALL_ANSWER : CALL_BODY);
	call->in_handler = true;
	s->handler->on_request(s->ctx, call, head, &call->framing, piece, is_last);
	call->in_handler = false;
}

/* Reads a head out of `bytes`, from its first byte each time: what a peer that sends single
 * bytes costs is bounded by head_max, and every cut of the bytes gives the same answer. */
static void
read_head(struct http_call *call, char *bytes, size_t len)
{
	struct http_server *s = call->server;
	struct head_limits limits = limits_of_head(s->limits);
	enum fault fault = FAULT_NONE;

	limits.may_be_utf8 = s->takes_utf8;
	head_reset(&s->head, HEAD_REQUEST);
	switch (head_read(&s->head, span_of(bytes, len), &limits, &fault)) {
	case PROGRESS_DONE:
		deliver(call, bytes, len);
		break;
	case PROGRESS_FAULT:
		connection_fault(call, fault, NULL);
		break;
	case PROGRESS_MORE:
		if (call->state == CALL_IDLE)
			enter(call, CALL_HEAD);
		buf_add(&call->early, span_of(bytes, len));
		break;
	}
}

/* A head whose bytes are in `early`: they move out of the way of those that follow. */
static void
read_kept_head(struct http_call *call)
{
	struct buf bytes = call->early;

	call->early = (struct buf){.max = call->early.max};
	call->has_news = false;
	read_head(call, bytes.ptr, bytes.len);
	buf_clear(&bytes);
}

/* Goes on with requests that are here already. */
static void
advance(struct http_call *call)
{
	while (call->stream && call->state == CALL_HEAD && call->has_news)
		read_kept_head(call);
}

static void
on_head_bytes(struct http_call *call, char *bytes, size_t len)
{
	if (call->early.len == 0) {
		read_head(call, bytes, len);
	} else {
		buf_add(&call->early, span_of(bytes, len));
		call->has_news = true;
	}
	advance(call);
}

static void
on_body_bytes(struct http_call *call, char *bytes, size_t len)
{
	struct span piece, rest;
	bool is_last;

	if (!take_body(call, bytes, len, &piece, &rest, &is_last))
		return;
	keep_early(call, rest);
	if (is_last)
		enter(call, CALL_ANSWER);
	else
		connection_restart_clock(call);
	call->in_handler = true;
	call->server->handler->on_body(call->owner, piece, is_last);
	call->in_handler = false;
	advance(call);
}

static void
on_linger_bytes(struct http_call *call, size_t len)
{
	call->left -= len < call->left ? len : call->left;
	if (call->left == 0) {
		connection_destroy(call);
		return;
	}
	/* Near the end the clock runs on: more bytes do not buy more time. */
	if (call->lingers_until.us - clock_mono().us >= LINGER_US)
		connection_restart_clock(call);
}

static void
on_bytes(struct http_call *call, char *bytes, size_t len)
{
	switch (call->state) {
	case CALL_IDLE:
	case CALL_HEAD:
		on_head_bytes(call, bytes, len);
		break;
	case CALL_BODY:
		on_body_bytes(call, bytes, len);
		break;
	case CALL_ANSWER:
	case CALL_FLUSH:
		keep_early(call, span_of(bytes, len));
		break;
	case CALL_LINGER:
		on_linger_bytes(call, len);
		break;
	case CALL_STATES:
		break;
	}
}

static void
on_drained(struct http_call *call)
{
	if (call->state == CALL_FLUSH) {
		conclude(call);
		advance(call);
		return;
	}
	if (!call->owner)
		return;
	connection_restart_clock(call);
	call->in_handler = true;
	call->server->handler->on_drained(call->owner);
	call->in_handler = false;
	if (call->stream)
		advance(call);
}

static void
on_stream(void *owner, enum stream_event event)
{
	struct http_call *call = owner;
	char *buffer = loop_receive_buffer(call->server->loop);
	ssize_t got;

	if (event == STREAM_DRAINED) {
		on_drained(call);
		return;
	}
	if (event == STREAM_DOWN) {
		connection_lose(call);
		return;
	}
	got = stream_read(call->stream, buffer, LOOP_RECEIVE);
	if (got > 0)
		on_bytes(call, buffer, (size_t)got);
	else if (got != STREAM_AGAIN)
		connection_lose(call);
}

void
connection_new(struct http_server *s, int fd, struct address *peer)
{
	struct http_call *call = memory_new(sizeof(*call));

	call->server = s;
	call->peer = peer;
	call->early = BUF_INIT(s->limits->head_max + EARLY_MAX + 2 * LOOP_RECEIVE);
	call->stream = stream_accept(s->loop, fd, on_stream, call);
	list_init(&call->node);
	s->connections++;
	enter(call, CALL_IDLE);
}

