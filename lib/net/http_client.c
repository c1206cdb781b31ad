/* Connections that ask. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/http_client.h"

#include <stdlib.h>

#include "lib/base/list.h"
#include "lib/base/memory.h"
#include "lib/http/chunked.h"
#include "lib/net/stream.h"

/* Above this much unsent request the owner waits for on_drained. */
enum { CLIENT_BACKLOG_HIGH = 64 * 1024 };
/* Interim answers that one exchange may bring before it counts as abuse. */
enum { INTERIM_MAX = 32 };

enum client_state {
	CLIENT_CONNECTING,
	CLIENT_IDLE,   /* nothing is asked: any byte from the peer is too much */
	CLIENT_WAITING, /* asked; a head is awaited */
	CLIENT_BODY,   /* the head of the answer is here, its body is coming */
};

struct http_clients {
	struct loop *loop;
	const struct limits *limits;
	struct head head; /* of whichever answer is being read right now */
};

struct http_client {
	struct list node;
	const struct http_client_handler *handler;
	struct http_clients *shared;
	struct stream *stream;
	void *owner;
	struct buf partial; /* an answer's head that came in pieces */
	struct framing framing;
	struct chunked decoder;
	uint64_t left;
	enum client_state state;
	unsigned interim;
	bool is_head : 1;
	bool is_chunked : 1;
	bool has_sent : 1;   /* the whole request */
	bool has_excess : 1;
	bool persists : 1;
};

static void
take_down(struct http_client *c, enum client_end end, enum fault fault)
{
	c->persists = false;
	stream_pause(c->stream);
	c->handler->on_down(c->owner, c, end, fault);
}

/* Where the body is in `bytes`; decodes in place.  False: a fault was reported. */
static bool
take_body(struct http_client *c, char *bytes, size_t len, struct span *ret_piece,
          bool *ret_last)
{
	enum fault fault = FAULT_NONE;
	enum progress progress;
	size_t taken = len, data = len;

	*ret_last = false;
	if (c->framing.kind == BODY_CHUNKED) {
		progress = chunked_read(&c->decoder, bytes, &data, &taken, &fault);
		if (progress == PROGRESS_FAULT) {
			take_down(c, CLIENT_FAULT, fault);
			return false;
		}
		*ret_last = progress == PROGRESS_DONE;
	} else if (c->framing.kind != BODY_TO_END) {
		data = taken = len < c->left ? len : (size_t)c->left;
		c->left -= taken;
		*ret_last = c->left == 0;
	}
	if (*ret_last) {
		c->has_excess = taken < len;
		c->state = CLIENT_IDLE;
	}
	*ret_piece = span_of(bytes, data);
	return true;
}

static void
deliver(struct http_client *c, char *bytes, size_t len)
{
	const struct head *head = &c->shared->head;
	struct span piece;
	bool is_last;
	enum fault fault = framing_of_answer(head, c->is_head, &c->framing);

	if (fault == FAULT_NONE && c->framing.kind == BODY_TUNNEL)
		fault = FAULT_UPGRADE_UNSOLICITED;
	if (fault != FAULT_NONE) {
		take_down(c, CLIENT_FAULT, fault);
		return;
	}
	c->decoder = (struct chunked){.drops_trailers = true};
	c->left = c->framing.kind == BODY_SIZED ? c->framing.length : 0;
	c->persists = c->framing.persists;
	c->state = CLIENT_BODY;
	if (!take_body(c, bytes + head->len, len - head->len, &piece, &is_last))
		return;
	c->handler->on_answer(c->owner, head, &c->framing, piece, is_last);
}

static bool
is_interim(const struct head *head)
{
	return head->status < 200 && head->status != 101;
}

static void
keep_partial(struct http_client *c, char *bytes, size_t len)
{
	struct buf kept = BUF_INIT(c->shared->limits->head_max + 2 * LOOP_RECEIVE);

	buf_add(&kept, span_of(bytes, len));
	buf_clear(&c->partial);
	c->partial = kept;
}

static void
read_heads(struct http_client *c, char *bytes, size_t len)
{
	struct head_limits limits = limits_of_head(c->shared->limits);
	struct head *head = &c->shared->head;
	enum fault fault = FAULT_NONE;
	enum progress progress;

	limits.may_be_utf8 = true;
	for (;;) {
		head_reset(head, HEAD_ANSWER);
		progress = head_read(head, span_of(bytes, len), &limits, &fault);
		if (progress != PROGRESS_DONE || !is_interim(head))
			break;
		if (++c->interim > INTERIM_MAX) {
			progress = PROGRESS_FAULT;
			fault = FAULT_TOO_MANY_INTERIM;
			break;
		}
		bytes += head->len;
		len -= head->len;
	}
	if (progress == PROGRESS_FAULT)
		take_down(c, CLIENT_FAULT, fault);
	else if (progress == PROGRESS_MORE)
		keep_partial(c, bytes, len);
	else
		deliver(c, bytes, len);
}

static void
on_head_bytes(struct http_client *c, char *bytes, size_t len)
{
	struct buf kept;

	if (c->partial.len == 0) {
		read_heads(c, bytes, len);
		return;
	}
	buf_add(&c->partial, span_of(bytes, len));
	kept = c->partial;
	c->partial = (struct buf){0};
	read_heads(c, kept.ptr, kept.len);
	buf_clear(&kept);
}

static void
on_bytes(struct http_client *c, char *bytes, size_t len)
{
	struct span piece;
	bool is_last;

	switch (c->state) {
	case CLIENT_WAITING:
		on_head_bytes(c, bytes, len);
		break;
	case CLIENT_BODY:
		if (take_body(c, bytes, len, &piece, &is_last))
			c->handler->on_body(c->owner, piece, is_last);
		break;
	case CLIENT_CONNECTING:
	case CLIENT_IDLE:
		c->has_excess = true;
		take_down(c, CLIENT_FAULT, FAULT_BYTES_AFTER_ANSWER);
		break;
	}
}

static void
on_end(struct http_client *c, bool is_clean)
{
	if (c->state == CLIENT_BODY && c->framing.kind == BODY_TO_END && is_clean) {
		c->state = CLIENT_IDLE;
		c->persists = false;
		stream_pause(c->stream);
		c->handler->on_body(c->owner, SPAN_NONE, true);
		return;
	}
	take_down(c, CLIENT_CLOSED, FAULT_NONE);
}

static void
on_stream(void *owner, enum stream_event event)
{
	struct http_client *c = owner;
	char *buffer = loop_receive_buffer(c->shared->loop);
	ssize_t got;

	switch (event) {
	case STREAM_UP:
		c->state = CLIENT_IDLE;
		c->handler->on_up(c->owner);
		break;
	case STREAM_DRAINED:
		c->handler->on_drained(c->owner);
		break;
	case STREAM_DOWN:
		take_down(c, c->state == CLIENT_CONNECTING ? CLIENT_UNREACHED : CLIENT_CLOSED,
		          FAULT_NONE);
		break;
	case STREAM_READ:
		got = stream_read(c->stream, buffer, LOOP_RECEIVE);
		if (got > 0)
			on_bytes(c, buffer, (size_t)got);
		else if (got != STREAM_AGAIN)
			on_end(c, got == STREAM_EOF);
		break;
	}
}

struct http_clients *
http_clients_new(struct loop *loop, const struct limits *limits)
{
	struct http_clients *clients = memory_new(sizeof(*clients));

	clients->loop = loop;
	clients->limits = limits;
	return clients;
}

void
http_clients_limit(struct http_clients *clients, const struct limits *limits)
{
	clients->limits = limits;
}

void
http_clients_free(struct http_clients *clients)
{
	free(clients);
}

struct http_client *
http_client_connect(struct http_clients *clients, const struct address *to)
{
	struct http_client *c = memory_new(sizeof(*c));

	c->shared = clients;
	list_init(&c->node);
	c->stream = stream_connect(clients->loop, to, on_stream, c);
	if (!c->stream) {
		free(c);
		return NULL;
	}
	return c;
}

void
http_client_own(struct http_client *c, const struct http_client_handler *handler, void *owner)
{
	c->handler = handler;
	c->owner = owner;
}

struct list *
http_client_node(struct http_client *c)
{
	return &c->node;
}

struct http_client *
http_client_of_node(struct list *node)
{
	return LIST_ENTRY(node, struct http_client, node);
}

/* Writes the parts, with chunk lines around the body where it is chunked. */
static bool
write_out(struct http_client *c, struct span head, struct span body, bool is_last)
{
	char line[CHUNK_LINE];
	struct iovec parts[5];
	int count = 0;

#define PART(p, n) parts[count++] = (struct iovec){(void *)(uintptr_t)(p), (n)}
	if (head.len)
		PART(head.ptr, head.len);
	if (body.len && c->is_chunked)
		PART(line, chunked_line(line, body.len));
	if (body.len)
		PART(body.ptr, body.len);
	if (body.len && c->is_chunked)
		PART("\r\n", 2);
	if (is_last && c->is_chunked)
		PART("0\r\n\r\n", 5);
#undef PART
	c->has_sent = is_last;
	/* When the socket is broken its reading side tells; an answer that came before the
	 * break is still read from there. */
	if (count && !stream_write(c->stream, parts, count))
		c->has_sent = false;
	return http_client_has_room(c);
}

bool
http_client_has_room(const struct http_client *c)
{
	return stream_backlog(c->stream) < CLIENT_BACKLOG_HIGH;
}

bool
http_client_begin(struct http_client *c, struct span head, struct span body, bool is_chunked,
                  bool is_head, bool is_last)
{
	c->is_chunked = is_chunked;
	c->is_head = is_head;
	c->has_excess = false;
	c->interim = 0;
	c->state = CLIENT_WAITING;
	return write_out(c, head, body, is_last);
}

bool
http_client_send(struct http_client *c, struct span body, bool is_last)
{
	return write_out(c, SPAN_NONE, body, is_last);
}

void
http_client_pause(struct http_client *c)
{
	stream_pause(c->stream);
}

void
http_client_resume(struct http_client *c)
{
	stream_resume(c->stream);
}

bool
http_client_is_reusable(const struct http_client *c)
{
	return c->state == CLIENT_IDLE && c->persists && c->has_sent && !c->has_excess &&
	       stream_backlog(c->stream) == 0;
}

static void
release(struct http_client *c)
{
	struct loop *loop = c->shared->loop;

	buf_clear(&c->partial);
	loop_free_later(loop, c);
}

void
http_client_close(struct http_client **c)
{
	if (!*c)
		return;
	stream_close(&(*c)->stream);
	release(*c);
	*c = NULL;
}

void
http_client_abort(struct http_client **c)
{
	if (!*c)
		return;
	stream_abort(&(*c)->stream);
	release(*c);
	*c = NULL;
}

const char *
http_client_why(const struct http_client *c)
{
	return stream_why(c->stream);
}
