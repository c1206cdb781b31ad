/* What the store is asked about a gated call, and in what turn. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/question.h"

#include "proxy/judge.h"
#include "proxy/trail.h"

/* A waiter counts this much longer than it means to wait, for the way of its last word. */
#define LEASE_SLACK_US (30 * SECOND_US)

/* The answer is only to say whether the ticket is good: without one it is handed out as it is. */
#define LAST_LOOK_US (2 * SECOND_US)

/* Questions to the store at a time.  Each is a few documents until it is answered: a burst
 * of calls would leave a heap behind that is many times what they keep while they wait. */
enum { ASKED_MAX = 64 };

int64_t
question_hold_us(const struct exchange *x)
{
	const struct gated *g = x->gate;
	int64_t us = g->hold_for_us;

	if (g->rejects || g->prefer.is_async || x->proxy->is_draining)
		return 0;
	if (g->prefer.has_wait && (int64_t)g->prefer.wait_s * SECOND_US < us)
		us = (int64_t)g->prefer.wait_s * SECOND_US;
	return us;
}

static void
on_asked(void *owner, const struct asked *asked)
{
	struct exchange *x = owner;
	struct proxy *p = x->proxy;

	x->gate->question = NULL;
	p->asked--;
	x->gate->on_answer(x, asked);
	question_next(p);
}

/* Other rules ask for something else now: what people were asked fits no more. */
static void
ask_for_another(struct exchange *x)
{
	struct gated *g = x->gate;

	if (g->is_waiting && g->view.id[0])
		store_replace(x->proxy->store, g->view.id, span_cstr(g->waiter));
	g->is_waiting = false;
	g->view.id[0] = '\0';
}

/*
 * While the trail cannot be written nobody is asked anew.  Who waits goes on waiting, and
 * asks what he has asked before: other rules, which may ask people for something else, are
 * looked at when the trail is back.
 */
static bool
lacks_trail(const struct exchange *x)
{
	const struct gated *g = x->gate;

	return !trail_is_open(x) && (!g->is_waiting || g->regime != x->proxy->regime->number);
}

static void
go_without(struct exchange *x)
{
	if (x->gate->is_waiting)
		x->gate->on_answer(x, &(struct asked){.result = ASK_UNAVAILABLE});
	else
		exchange_refuse(x, REFUSAL_AUDIT_UNAVAILABLE);
}

static void
ask_now(struct exchange *x)
{
	struct gated *g = x->gate;
	struct bindable b;
	struct ask question;
	struct digest asked_for = g->binding;
	uint64_t regime = x->regime->number;
	struct objection no = judge_waiting(x);

	if (x->regime->number != regime)
		g->has_bound = false;
	if (!objection_stands(no))
		no = judge_bind(x, &b);
	if (objection_stands(no)) {
		examine_refuse(x, no);
		return;
	}
	gated_take(g, &x->proxy->examined.verdict.requirement);
	if (g->view.id[0] && !digest_eq(&asked_for, &g->binding))
		ask_for_another(x);
	question = (struct ask){
		.bindable = &b,
		.requirement = &x->proxy->examined.verdict.requirement,
		.binding = g->binding,
		.title = rule_title(x->rule, b.request, &x->arena),
		.reason = head_value(&x->proxy->head, FIELD_COUNTERSIGN_REASON),
		.ticket = head_value(&x->proxy->head, FIELD_COUNTERSIGN_TICKET),
		.source = b.anonymous_source,
		.waiter = question_hold_us(x) > 0 ? span_cstr(g->waiter) : SPAN_NONE,
		.lease_us = question_hold_us(x) + LEASE_SLACK_US,
		.waits_for = g->is_waiting ? g->view.id : NULL,
		.keeps_on_disconnect = g->keeps_on_disconnect,
	};
	g->is_woken = false;
	x->proxy->asked++;
	g->question = store_ask(x->proxy->store, &question, on_asked, x);
}

void
question_next(struct proxy *p)
{
	/* Who is refused in his turn calls this when he goes: thousands of them inside one
	 * another would be too deep. */
	if (p->is_asking_next)
		return;
	p->is_asking_next = true;
	while (p->asked < ASKED_MAX && !list_is_empty(&p->asking) && !p->is_ending) {
		struct gated *g = LIST_ENTRY(p->asking.next, struct gated, asking);

		list_remove(&g->asking);
		if (lacks_trail(g->exchange))
			go_without(g->exchange);
		else
			ask_now(g->exchange);
	}
	p->is_asking_next = false;
}

/* Before a ticket is handed out: the hold is over, or we end. */
static bool
is_last(const struct exchange *x)
{
	const struct gated *g = x->gate;

	return g->is_waiting &&
	       (x->proxy->is_draining ||
	        (g->watch && g->hold_until.us - clock_mono().us <= MS_US));
}

void
question_hurry(struct exchange *x)
{
	exchange_enter_for(x, EXCHANGE_JUDGING, LAST_LOOK_US);
}

void
question_ask(struct exchange *x, answer_fn *fn)
{
	x->gate->on_answer = fn;
	exchange_enter(x, EXCHANGE_JUDGING);
	if (is_last(x))
		question_hurry(x);
	list_remove(&x->gate->asking);
	list_add_last(&x->proxy->asking, &x->gate->asking);
	question_next(x->proxy);
}

void
question_end(struct exchange *x)
{
	list_remove(&x->gate->asking);
	if (!x->gate->question)
		return;
	store_forget(&x->gate->question);
	x->proxy->asked--;
}

bool
question_is_queued(const struct exchange *x)
{
	return list_is_linked(&x->gate->asking);
}
