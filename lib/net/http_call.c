/* What the owner of a call does with it: answer, pause, let go. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/http_server.h"

#include "lib/net/http_connection.h"

/* Above this much unsent answer the owner waits for on_drained. */
enum { BACKLOG_HIGH = 64 * 1024 };
/* The head of an answer of our own. */
enum { OWN_HEAD_MAX = 16 * 1024 };

void
http_call_own(struct http_call *call, void *owner)
{
	call->owner = owner;
}

bool
http_call_is_owned(const struct http_call *call)
{
	return call->owner != NULL;
}

const struct address *
http_call_peer(const struct http_call *call)
{
	return call->peer;
}

bool
http_call_persists(const struct http_call *call)
{
	return !call->closes && call->state != CALL_BODY;
}

void
http_call_close_after(struct http_call *call)
{
	call->closes = true;
}

uintptr_t *
http_call_memo(struct http_call *call)
{
	return &call->memo;
}

void
http_call_frame(struct http_call *call, enum body_kind kind)
{
	call->answer = kind;
	if (kind == BODY_TO_END)
		call->closes = true;
}

bool
http_call_send(struct http_call *call, struct span head, struct span body, bool is_last)
{
	char line[CHUNK_LINE];
	struct iovec parts[5];
	int count = 0;
	bool is_chunked = call->answer == BODY_CHUNKED;

#define PART(p, n) parts[count++] = (struct iovec){(void *)(uintptr_t)(p), (n)}
	if (head.len)
		PART(head.ptr, head.len);
	if (body.len && is_chunked)
		PART(line, chunked_line(line, body.len));
	if (body.len)
		PART(body.ptr, body.len);
	if (body.len && is_chunked)
		PART("\r\n", 2);
	if (is_last && is_chunked)
		PART("0\r\n\r\n", 5);
#undef PART
	call->has_answered = true;
	if (count && !stream_write(call->stream, parts, count)) {
		/* The broken socket is readable: the loss is told from there. */
		call->closes = true;
		stream_resume(call->stream);
	}
	if (is_last) {
		connection_finish_answer(call);
		return true;
	}
	if (stream_backlog(call->stream) && connection_deadline(call) == DEADLINE_WRITE)
		connection_restart_clock(call);
	return stream_backlog(call->stream) < BACKLOG_HIGH;
}

void
http_call_pause(struct http_call *call)
{
	call->is_paused = true;
	stream_pause(call->stream);
	connection_restart_clock(call);
}

void
http_call_resume(struct http_call *call)
{
	call->is_paused = false;
	stream_resume(call->stream);
	connection_restart_clock(call);
}

void
http_call_continue(struct http_call *call)
{
	struct iovec part = {(void *)(uintptr_t) "HTTP/1.1 100 Continue\r\n\r\n", 25};

	if (!call->framing.wants_continue || call->state != CALL_BODY || call->has_answered)
		return;
	call->framing.wants_continue = false;
	if (!stream_write(call->stream, &part, 1))
		call->closes = true;
}

bool
http_call_has_ended(const struct http_call *call)
{
	return stream_has_ended(call->stream);
}

void
http_call_abort(struct http_call *call)
{
	stream_abort(&call->stream);
	connection_destroy(call);
}

void
http_call_answer(struct http_call *call, int status, const struct own_field *own,
                 size_t own_count, struct span body)
{
	struct buf head = BUF_INIT(OWN_HEAD_MAX);
	struct write_answer w = {
		.status = status,
		.own = own,
		.own_count = own_count,
		.body = BODY_SIZED,
		.length = body.len,
		.omits_length = status == 204 || status == 304,
		.closes = !http_call_persists(call),
		.minor = 1, /* an old caller is closed on anyway */
	};

	http_call_frame(call, BODY_SIZED);
	if (!write_answer(&head, &w)) {
		buf_clear(&head);
		http_call_abort(call);
		return;
	}
	http_call_send(call, buf_span(&head),
	               w.omits_length || call->is_head ? SPAN_NONE : body, true);
	buf_clear(&head);
}
