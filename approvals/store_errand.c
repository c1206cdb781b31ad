/* Things to tell Redis that nobody waits for: told again until it has heard them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "approvals/store_state.h"
#include "lib/base/memory.h"

enum errand_kind { ERRAND_LEAVE, ERRAND_CLOSE };

struct errand {
	struct list node;
	struct store *store;
	enum errand_kind kind;
	bool is_sent;
	char id[ULID_LEN + 1];
	char *subject;      /* the waiter, or the claim */
	bool cancels;       /* leave */
	enum claim_end end; /* close */
	const char *why;    /* close, on our own account: a literal; else NULL */
};

static void
errand_free(struct errand *e)
{
	list_remove(&e->node);
	free(e->subject);
	free(e);
}

static void
on_done(void *owner, const struct resp *reply)
{
	struct errand *e = owner;
	struct store *s = e->store;
	struct answer answer = store_answer(s, reply);

	e->is_sent = false;
	/* Not carried out, or not known to be: sweep and reconnect tell it again. */
	if (answer.kind != ANSWER_GIVEN && answer.kind != ANSWER_ERROR)
		return;
	if (answer.kind == ANSWER_GIVEN && span_eq(answer.status, SPAN("cancelled")))
		store_record_id(s, RECORD_APPROVAL_CANCELLED, e->id, NULL, "caller-gone");
	if (e->why && answer.kind == ANSWER_GIVEN && span_eq(answer.status, SPAN("done"))) {
		store_record_id(s, RECORD_APPROVAL_BURNT, e->id, e->subject, e->why);
		spent_log_add_end(s->spent, e->id, e->subject, CLAIM_END_BURNT);
	}
	errand_free(e);
}

static void
send_leave(struct errand *e)
{
	struct arena arena = {0};
	enum approval_state to = APPROVAL_CANCELLED;
	struct span args[] = {
		span_cstr(e->id),
		span_cstr(e->subject),
		e->cancels ? SPAN("1") : SPAN("0"),
		sources_text(&arena, APPROVAL_EVENT_ABANDONED),
		span_cstr(approval_state_name(to)),
		span_cstr(approval_event_name(APPROVAL_EVENT_ABANDONED)),
	};

	store_run(e->store, SCRIPT_LEAVE, args, ARRAY_LEN(args), on_done, e);
	arena_clear(&arena);
}

static void
send_close(struct errand *e)
{
	struct span args[] = {span_cstr(e->id), span_cstr(e->subject),
	                      span_cstr(e->store->node), span_cstr(claim_end_name(e->end))};

	store_run(e->store, SCRIPT_CLOSE, args, ARRAY_LEN(args), on_done, e);
}

static void
errand_send(struct errand *e)
{
	if (!e->store->is_ready || e->is_sent)
		return;
	e->is_sent = true;
	if (e->kind == ERRAND_LEAVE)
		send_leave(e);
	else
		send_close(e);
}

static struct errand *
errand_new(struct store *s, enum errand_kind kind, const char *id, struct span subject)
{
	struct errand *e = memory_new(sizeof(*e));

	e->store = s;
	e->kind = kind;
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
