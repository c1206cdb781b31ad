/* Whom a gated call asks, and how it waits: binding, store, hold, ticket. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/gate.h"

#include "proxy/claim.h"
#include "proxy/examine.h"
#include "proxy/forward.h"
#include "proxy/gated.h"
#include "proxy/judge.h"
#include "proxy/question.h"
#include "proxy/reply.h"
#include "proxy/trail.h"

enum { PENDING_RETRY_AFTER_S = 10 };

/* The store's clock decides when an approval has expired; ours is asked not too often. */
#define LOOK_AGAIN_US (250 * MS_US)

static void on_answer(struct exchange *x, const struct asked *asked);

static void
ask_again(struct exchange *x)
{
	question_ask(x, on_answer);
}

void
gate_begin(struct exchange *x)
{
	const struct examined *e = &x->proxy->examined;

	x->gate = gated_new(e->request.head, &e->verdict.requirement);
	x->gate->exchange = x;
	x->gate->ask_again = ask_again;
	x->events = &claim_events;
	if (x->body.len == 0)
		buf_clear(&x->body); /* who waits should cost little */
	ask_again(x);
}

static void on_wake(void *owner);

/* What is waited for may have got another name: the store had lost it. */
static void
follow(struct exchange *x, const struct approval_view *view)
{
	struct gated *g = x->gate;

	if (!g->watch || !view->id[0] || strcmp(view->id, g->view.id) == 0)
		return;
	store_unwatch(&g->watch);
	g->watch = store_watch(x->proxy->store, view->id, on_wake, x);
	g->has_looked_twice = false;
}

static struct reply
reply_with_view(struct gated *g)
{
	return (struct reply){
		.view = g->view.id[0] ? &g->view : NULL,
		.secret = span_cstr(g->secret),
	};
}

static void
leave(struct exchange *x, bool cancels)
{
	struct gated *g = x->gate;

	if (g->is_waiting && g->view.id[0])
		store_leave(x->proxy->store, g->view.id, span_cstr(g->waiter),
		            cancels && !x->proxy->is_draining); /* dying proxies cancel nothing */
	g->is_waiting = false;
}

/* Waiting ends without a decision: the approval lives on, and a retry joins it. */
static void
give_ticket(struct exchange *x)
{
	struct gated *g = x->gate;
	struct reply reply = reply_with_view(g);

	leave(x, false);
	trail_approval(x, RECORD_APPROVAL_TICKETED, NULL);
	x->is_recorded = true;
	proxy_count(x->proxy, COUNT_TICKETED);
	reply.retry_after_s = PENDING_RETRY_AFTER_S;
	reply.status = g->pending_status;
	if (g->prefer.is_async) {
		reply.is_accepted = true;
		reply.status = 202;
		reply.applied_async = true;
	} else if (g->prefer.has_wait && !g->rejects) {
		reply.applied_wait = true;
		reply.wait_s = g->prefer.wait_s;
	}
	exchange_refuse_with(x, REFUSAL_APPROVAL_PENDING, &reply);
}

static void
on_wake(void *owner)
{
	struct exchange *x = owner;

	/* A wake-up proves nothing: only asking again does. */
	if (x->state == EXCHANGE_WAITING)
		ask_again(x);
	else
		x->gate->is_woken = true;
}

static void
set_hold(struct exchange *x)
{
	struct gated *g = x->gate;

	g->held_since = clock_mono();
	g->hold_until = mono_after(g->held_since, question_hold_us(x));
	g->watch = store_watch(x->proxy->store, g->view.id, on_wake, x);
	atomic_fetch_add_explicit(&x->proxy->shared->waiting, 1, memory_order_relaxed);
	proxy_count(x->proxy, COUNT_HELD);
}

static void
wait(struct exchange *x)
{
	struct gated *g = x->gate;
	int64_t left = g->hold_until.us - clock_mono().us;
	int64_t lives = g->view.expires_at.us - clock_wall().us;

	if (left <= MS_US || x->proxy->is_draining) {
		give_ticket(x);
		return;
	}
	/* Written again when it is claimed. */
	buf_clear(&x->out);
	if (lives < left)
		left = lives > LOOK_AGAIN_US ? lives + MS_US : LOOK_AGAIN_US;
	exchange_enter_for(x, EXCHANGE_WAITING, left);
}

static void
on_pending(struct exchange *x)
{
	struct gated *g = x->gate;

	g->is_waiting = true;
	if (!x->call) {
		leave(x, !g->keeps_on_disconnect);
		exchange_finish(x, ENDING_CALLER_GONE);
		return;
	}
	if (question_hold_us(x) == 0) {
		give_ticket(x);
		return;
	}
	if (!g->watch)
		set_hold(x);
	/* What was decided between opening and watching has woken nobody: look once more. */
	if (!g->has_looked_twice || g->is_woken) {
		g->has_looked_twice = true;
		ask_again(x);
		return;
	}
	wait(x);
}

static enum refusal
refusal_of(enum ask_result result)
{
	switch (result) {
	case ASK_GRANTED:
	case ASK_PENDING:
		break;
	case ASK_DENIED:
		return REFUSAL_DENIED;
	case ASK_SPENT:
		return REFUSAL_ALREADY_USED;
	case ASK_UNDER_REVIEW:
		return REFUSAL_UNDER_REVIEW;
	case ASK_EXPIRED:
		return REFUSAL_EXPIRED;
	case ASK_CANCELLED:
		return REFUSAL_CANCELLED;
	case ASK_MISMATCH:
		return REFUSAL_BINDING_MISMATCH;
	case ASK_UNKNOWN:
		return REFUSAL_TICKET_UNKNOWN;
	case ASK_TOO_MANY_OF_REQUESTER:
		return REFUSAL_TOO_MANY_PENDING_YOURS;
	case ASK_TOO_MANY:
	case ASK_STORE_FULL:
		return REFUSAL_TOO_MANY_PENDING;
	case ASK_UNAVAILABLE:
		return REFUSAL_STORE_UNAVAILABLE;
	case ASK_SKEW:
		return REFUSAL_CLOCK_SKEW;
	}
	return REFUSAL_NONE;
}

static void
on_granted(struct exchange *x)
{
	if (x->call && http_call_has_ended(x->call)) {
		http_call_abort(x->call);
		exchange_lose_caller(x);
	}
	if (!x->call) {
		x->gate->is_waiting = true;
		leave(x, !x->gate->keeps_on_disconnect);
		exchange_finish(x, ENDING_CALLER_GONE);
		return;
	}
	if (!trail_is_open(x)) {
		exchange_refuse(x, REFUSAL_AUDIT_UNAVAILABLE);
		return;
	}
	forward_connect(x);
}

static void
on_no(struct exchange *x, const struct asked *asked)
{
	struct gated *g = x->gate;
	struct reply reply = reply_with_view(g);

	reply.reason = asked->view.reason;
	if (asked->result == ASK_TOO_MANY_OF_REQUESTER)
		reply.retry_after_s = PENDING_RETRY_AFTER_S;
	g->is_waiting = false;
	exchange_refuse_with(x, refusal_of(asked->result), &reply);
}

/* Who waits goes on waiting, as long as there is something to wait for; who asks anew is
 * told. */
static void
on_unavailable(struct exchange *x, const struct asked *asked)
{
	struct gated *g = x->gate;

	if (!g->is_waiting) {
		on_no(x, asked);
	} else if (!x->call) {
		leave(x, !g->keeps_on_disconnect);
		exchange_finish(x, ENDING_CALLER_GONE);
	} else if (g->view.expires_at.us <= clock_wall().us) {
		on_no(x, &(struct asked){.result = ASK_EXPIRED});
	} else {
		wait(x);
	}
}

static void
on_answer(struct exchange *x, const struct asked *asked)
{
	struct gated *g = x->gate;

	follow(x, &asked->view);
	gated_keep_view(g, &asked->view);
	if (asked->secret[0])
		memcpy(g->secret, asked->secret, sizeof(g->secret));
	switch (asked->result) {
	case ASK_GRANTED:
		on_granted(x);
		break;
	case ASK_PENDING:
		on_pending(x);
		break;
	case ASK_UNAVAILABLE:
	case ASK_SKEW:
		on_unavailable(x, asked);
		break;
	case ASK_DENIED:
	case ASK_SPENT:
	case ASK_UNDER_REVIEW:
	case ASK_EXPIRED:
	case ASK_CANCELLED:
	case ASK_MISMATCH:
	case ASK_UNKNOWN:
	case ASK_TOO_MANY_OF_REQUESTER:
	case ASK_TOO_MANY:
	case ASK_STORE_FULL:
		on_no(x, asked);
		break;
	}
}

void
gate_on_overdue(struct exchange *x)
{
	struct gated *g = x->gate;
	struct proxy *p = x->proxy;

	if (x->state == EXCHANGE_JUDGING) {
		question_end(x);
		on_answer(x, &(struct asked){.result = ASK_UNAVAILABLE});
		question_next(p);
	} else if (g->hold_until.us - clock_mono().us <= MS_US && !store_is_up(p->store)) {
		give_ticket(x);
	} else {
		/* A last time when the hold is over: nobody is handed a ticket for what the store
		 * has lost meanwhile. */
		ask_again(x);
	}
}

bool
gate_on_gone(struct exchange *x)
{
	switch (x->state) {
	case EXCHANGE_WAITING:
	case EXCHANGE_CONNECTING:
		x->gate->is_waiting = true;
		leave(x, !x->gate->keeps_on_disconnect);
		return true;
	case EXCHANGE_JUDGING:
		if (question_is_queued(x)) {
			leave(x, !x->gate->keeps_on_disconnect);
			return true;
		}
		return false; /* the answer of the store says what there is to leave */
	case EXCHANGE_CLAIMING:  /* the use is burnt, and that is recorded */
	case EXCHANGE_FORWARDING:
	case EXCHANGE_COMPLETING: /* it runs: the outcome is recorded all the same */
		return false;
	case EXCHANGE_RELAYING:
		claim_relayed(x, ENDING_CALLER_GONE);
		return true;
	case EXCHANGE_READING: /* there is no gate yet */
	case EXCHANGE_DONE:
	case EXCHANGE_STATES:
		break;
	}
	return true;
}

void
gate_on_drain(struct exchange *x)
{
	bool is_asking_again = x->state == EXCHANGE_JUDGING && x->gate->is_waiting;

	if (!is_asking_again && x->state != EXCHANGE_WAITING)
		return;
	if (!store_is_up(x->proxy->store)) {
		question_end(x);
		give_ticket(x);
	} else if (is_asking_again) {
		question_hurry(x);
	} else {
		ask_again(x);
	}
}

void
gate_on_adopted(struct exchange *x)
{
	if (x->state == EXCHANGE_WAITING)
		ask_again(x);
	else
		x->gate->is_woken = true;
}

void
gate_release(struct exchange *x)
{
	struct gated *g = x->gate;
	struct proxy *p = x->proxy;
	struct proxy_shared *shared = p->shared;

	leave(x, false);
	question_end(x);
	store_forget(&g->claiming);
	if (g->watch)
		atomic_fetch_sub_explicit(&shared->waiting, 1, memory_order_relaxed);
	store_unwatch(&g->watch);
	if (g->is_recording)
		record_forget(x->proxy->ring, x);
	claim_release(x);
	gated_free(&x->gate);
	question_next(p);
}
