/* The caller's own view of an approval. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/status.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "proxy/reply.h"

enum { STATUS_WAIT_MAX_S = 300 };
/* The store answers or says that it cannot; this catches what hangs. */
#define STATUS_STORE_US (10 * SECOND_US)

/* One question about an approval. */
struct inquiry {
	char id[APPROVAL_ID_LEN + 1];
	char secret[APPROVAL_ID_LEN + 1]; /* of an anonymous caller's ticket */
	struct store_op *op;
	struct store_watch *watch;
	struct mono until;
	bool withdraws;
	bool has_looked_twice;
};

/* Splits "id" or "id.secret"; false when it cannot be the name of an approval. */
static bool
read_ticket(struct span text, struct inquiry *q)
{
	size_t dot = span_find(text, '.');

	if (dot != APPROVAL_ID_LEN || text.len - dot > APPROVAL_ID_LEN + 1)
		return false;
	memcpy(q->id, text.ptr, dot);
	if (dot < text.len)
		memcpy(q->secret, text.ptr + dot + 1, text.len - dot - 1);
	return true;
}

/* "wait=N" alone, or nothing. */
static bool
read_wait(struct span query, int64_t *ret_us)
{
	uint64_t seconds = 0;

	if (query.len && (!span_starts(query, SPAN("wait=")) ||
	                  !span_to_u64(span_from(query, 5), STATUS_WAIT_MAX_S, &seconds)))
		return false;
	*ret_us = (int64_t)seconds * SECOND_US;
	return true;
}

static void look(struct exchange *x);

static void
on_wake(void *owner)
{
	struct exchange *x = owner;

	if (x->state == EXCHANGE_WAITING)
		look(x);
	else
		x->inquiry->has_looked_twice = false;
}

static void
tell(struct exchange *x, const struct approval_view *view)
{
	struct http_call *call = x->call;

	x->status = 200;
	x->call = NULL;
	if (call)
		x->answer_bytes = reply_state(call, view, span_cstr(x->inquiry->secret));
	exchange_finish(x, ENDING_WHOLE);
}

/* Still pending, and the asker would rather wait for a change. */
static bool
may_wait(struct exchange *x, const struct approval_view *view)
{
	struct inquiry *q = x->inquiry;
	int64_t left = q->until.us - clock_mono().us;

	if (view->state != APPROVAL_PENDING || left <= MS_US || x->proxy->is_draining)
		return false;
	if (!q->watch)
		q->watch = store_watch(x->proxy->store, q->id, on_wake, x);
	if (!q->has_looked_twice) {
		q->has_looked_twice = true;
		look(x);
		return true;
	}
	exchange_enter_for(x, EXCHANGE_WAITING, left);
	return true;
}

static void
on_withdrawn(void *owner, enum read_result result, const struct approval_view *view)
{
	struct exchange *x = owner;

	x->inquiry->op = NULL;
	if (result == READ_UNAVAILABLE)
		exchange_refuse(x, REFUSAL_STORE_UNAVAILABLE);
	else if (result == READ_UNKNOWN)
		exchange_refuse(x, REFUSAL_SETTLED);
	else
		tell(x, view);
}

static void
on_read(void *owner, enum read_result result, const struct approval_view *view)
{
	struct exchange *x = owner;
	struct inquiry *q = x->inquiry;

	q->op = NULL;
	if (result == READ_UNAVAILABLE) {
		exchange_refuse(x, REFUSAL_STORE_UNAVAILABLE);
		return;
	}
	if (result == READ_UNKNOWN ||
	    !store_is_requester(view, &x->person, span_cstr(q->secret))) {
		exchange_refuse(x, REFUSAL_TICKET_UNKNOWN);
		return;
	}
	if (q->withdraws) {
		exchange_enter_for(x, EXCHANGE_JUDGING, STATUS_STORE_US);
		q->op = store_cancel(x->proxy->store, q->id, &x->person, on_withdrawn, x);
		return;
	}
	if (!may_wait(x, view))
		tell(x, view);
}

static void
look(struct exchange *x)
{
	exchange_enter_for(x, EXCHANGE_JUDGING, STATUS_STORE_US);
	x->inquiry->op = store_read(x->proxy->store, x->inquiry->id, on_read, x);
}

void
status_begin(struct exchange *x)
{
	struct inquiry *q;
	int64_t wait_us;

	x->inquiry = q = memory_new(sizeof(*q));
	q->withdraws = x->method == METHOD_DELETE;
	if (!read_wait(x->query, &wait_us)) {
		exchange_refuse(x, REFUSAL_QUERY_MALFORMED);
		return;
	}
	q->until = mono_after(clock_mono(), wait_us);
	if (!x->proxy->store)
		exchange_refuse(x, REFUSAL_TICKET_UNKNOWN);
	else if (x->method != METHOD_GET && x->method != METHOD_DELETE)
		exchange_refuse(x, REFUSAL_NOT_SUPPORTED);
	else if (!read_ticket(span_from(x->path, reply_status_prefix.len), q))
		exchange_refuse(x, REFUSAL_TICKET_UNKNOWN);
	else
		look(x);
}

void
status_on_overdue(struct exchange *x)
{
	if (x->state == EXCHANGE_WAITING) {
		x->inquiry->until = (struct mono){0};
		look(x);
		return;
	}
	store_forget(&x->inquiry->op);
	exchange_refuse(x, REFUSAL_STORE_UNAVAILABLE);
}

void
status_release(struct exchange *x)
{
	store_forget(&x->inquiry->op);
	store_unwatch(&x->inquiry->watch);
	free(x->inquiry);
	x->inquiry = NULL;
}
