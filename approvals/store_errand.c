/* Things to tell Redis that nobody waits for: told again until it has heard them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "approvals/store_op.h"
#include "approvals/store_record.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

enum errand_kind { ERRAND_LEAVE, ERRAND_CLOSE, ERRAND_RECORDED };

/* After a no of Redis: it may be out of memory, without replicas, busy or loading, and will
 * then listen again.  Which no is for ever cannot be told from its words; what it is about
 * is gone from Redis a day after its time, and so is the errand. */
#define PAUSE_LEAST (100 * MS_US)
#define PAUSE_MOST (30 * SECOND_US)
#define PATIENCE (86400 * SECOND_US)

struct errand {
	struct list node;
	struct store *store;
	enum errand_kind kind;
	bool is_sent;
	struct mono due, last;
	int64_t pause_us;
	char id[ULID_LEN + 1];
	char *subject;      /* the waiter, the claim, or the mark */
	bool cancels;       /* leave */
	enum approval_event event; /* leave: what befalls it if nobody is left */
	enum claim_end end; /* close */
	const char *why;    /* close, on our own account, not recorded yet: a literal */
};

static void errand_send(struct errand *e);

static void
errand_free(struct errand *e)
{
	list_remove(&e->node);
	free(e->subject);
	free(e);
}

static void
put_off(struct errand *e)
{
	struct mono now = clock_mono();

	if (now.us > e->last.us) {
		log_error("store.errand", "given up after a day: %s %s", e->id, e->subject);
		errand_free(e);
		return;
	}
	e->pause_us = e->pause_us ? e->pause_us * 2 : PAUSE_LEAST;
	if (e->pause_us > PAUSE_MOST)
		e->pause_us = PAUSE_MOST;
	e->due = mono_after(now, e->pause_us);
}

/* The claim was taken.  Redis has it among the open ones until the trail has its end: if we
 * die before that, our next start finds it there. */
static void
record_burnt(struct errand *e)
{
	struct store *s = e->store;

	if (!store_record_id(s, RECORD_APPROVAL_BURNT, e->id, e->subject, e->why)) {
		put_off(e);
		return;
	}
	spent_log_add_end(s->spent, e->id, e->subject, CLAIM_END_BURNT);
	e->why = NULL;
	errand_send(e);
}

static void
on_done(void *owner, const struct resp *reply)
{
	struct errand *e = owner;
	struct store *s = e->store;
	struct answer answer = store_answer(s, reply);

	e->is_sent = false;
	switch (answer.kind) {
	case ANSWER_LOST:
	case ANSWER_EPOCH:
		/* Sweep and reconnect tell it again. */
		return;
	case ANSWER_ERROR:
	case ANSWER_SKEW:
		put_off(e);
		return;
	case ANSWER_GIVEN:
		break;
	}
	if (e->why && span_eq(answer.status, SPAN("done"))) {
		record_burnt(e);
		return;
	}
	if (span_eq(answer.status, SPAN("cancelled")))
		transition_take(s, resp_at(reply, ANSWER_VALUES));
	errand_free(e);
}

static void
send_leave(struct errand *e)
{
	struct arena arena = {0};
	enum approval_state to = APPROVAL_CANCELLED;
	bool is_known UNUSED = approval_move(APPROVAL_PENDING, e->event, &to);
	struct span args[] = {
		span_cstr(e->id),
		span_cstr(e->subject),
		e->cancels ? SPAN("1") : SPAN("0"),
		sources_text(&arena, e->event),
		span_cstr(approval_state_name(to)),
		span_cstr(approval_event_name(e->event)),
	};

	store_run(e->store, SCRIPT_LEAVE, args, ARRAY_LEN(args), on_done, e);
	arena_clear(&arena);
}

static void
send_close(struct errand *e)
{
	struct span args[] = {span_cstr(e->id), span_cstr(e->subject), span_cstr(e->store->node),
	                      span_cstr(claim_end_name(e->end)), e->why ? SPAN("1") : SPAN("0")};

	store_run(e->store, SCRIPT_CLOSE, args, ARRAY_LEN(args), on_done, e);
}

static void
send_recorded(struct errand *e)
{
	struct span mark = span_cstr(e->subject);

	store_run(e->store, SCRIPT_RECORDED, &mark, 1, on_done, e);
}

static void
errand_send(struct errand *e)
{
	if (!e->store->is_ready || e->is_sent)
		return;
	e->is_sent = true;
	switch (e->kind) {
	case ERRAND_LEAVE:
		send_leave(e);
		return;
	case ERRAND_CLOSE:
		send_close(e);
		return;
	case ERRAND_RECORDED:
		send_recorded(e);
		return;
	}
}

static struct errand *
errand_new(struct store *s, enum errand_kind kind, const char *id, struct span subject)
{
	struct errand *e = memory_new(sizeof(*e));

	e->store = s;
	e->kind = kind;
	e->last = mono_after(clock_mono(), PATIENCE);
	if (id)
		memcpy(e->id, id, ULID_LEN);
	e->subject = memory_cstr(subject);
	list_add_last(&s->errands, &e->node);
	return e;
}

void
store_leave(struct store *s, const char *id, struct span waiter, bool cancels)
{
	struct errand *e = errand_new(s, ERRAND_LEAVE, id, waiter);

	e->cancels = cancels;
	e->event = APPROVAL_EVENT_ABANDONED;
	errand_send(e);
}

void
store_replace(struct store *s, const char *id, struct span waiter)
{
	struct errand *e = errand_new(s, ERRAND_LEAVE, id, waiter);

	e->cancels = true;
	e->event = APPROVAL_EVENT_REPLACED;
	errand_send(e);
}

void
errand_close(struct store *s, const char *id, const char *claim, enum claim_end end)
{
	struct errand *e = errand_new(s, ERRAND_CLOSE, id, span_cstr(claim));

	e->end = end;
	errand_send(e);
}

void
errand_burn(struct store *s, const char *id, const char *claim, const char *why)
{
	struct errand *e = errand_new(s, ERRAND_CLOSE, id, span_cstr(claim));

	e->end = CLAIM_END_BURNT;
	e->why = why;
	errand_send(e);
}

void
errand_recorded(struct store *s, struct span mark)
{
	errand_send(errand_new(s, ERRAND_RECORDED, NULL, mark));
}

void
errands_retry(struct store *s)
{
	struct mono now = clock_mono();

	LIST_EACH(&s->errands, node) {
		struct errand *e = LIST_ENTRY(node, struct errand, node);

		if (now.us >= e->due.us)
			errand_send(e);
	}
}

void
errands_resume(struct store *s)
{
	LIST_EACH(&s->errands, node)
		errand_send(LIST_ENTRY(node, struct errand, node));
}

void
errands_clear(struct store *s)
{
	while (!list_is_empty(&s->errands))
		errand_free(LIST_ENTRY(s->errands.next, struct errand, node));
}
