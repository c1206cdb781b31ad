/* One request and its answer: the machine, nothing else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/exchange.h"

#include <assert.h>
#include <stdlib.h>

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "proxy/gated.h"
#include "proxy/reply.h"

enum { SPARES_MAX = 1024, RETRY_AFTER_S = 5 };

/* A call that takes longer is on record before its end. */
#define STARTED_AFTER_US (10 * SECOND_US)

static const struct limits *
limits_of(const struct exchange *x)
{
	return x->site ? &x->site->limits : x->policy->limits;
}

/* The timer wakes for the state's deadline, or sooner for request.started. */
static void
set_clock(struct exchange *x, struct mono now)
{
	int64_t us = x->due.us - now.us, to_start = x->started.us + STARTED_AFTER_US - now.us;

	/* Not while its verdict is open. */
	if (!x->was_started && !x->gate && x->state != EXCHANGE_READING && to_start > 0 &&
	    us > to_start)
		us = to_start;
	timer_set_at(x->timer, now, us > 0 ? us : 0);
}

void
exchange_enter_for(struct exchange *x, enum exchange_state next, int64_t us)
{
	struct mono now;

	assert(exchange_state_may_follow(x->state, next));
	log_debug("exchange.state", "from=%s to=%s", exchange_state_name(x->state),
	          exchange_state_name(next));
	x->state = next;
	if (us == 0) {
		timer_clear(x->timer);
		return;
	}
	now = clock_mono();
	x->due = mono_after(now, us);
	if (next == EXCHANGE_FORWARDING)
		x->sent = now;
	set_clock(x, now);
}

void
exchange_enter(struct exchange *x, enum exchange_state next)
{
	exchange_enter_for(x, next, exchange_state_allowance(next, limits_of(x)));
}

void
exchange_renew(struct exchange *x)
{
	struct mono now = clock_mono();

	x->due = mono_after(now, exchange_state_allowance(x->state, limits_of(x)));
	set_clock(x, now);
}

void
exchange_extend(struct exchange *x, int64_t us, int64_t most_us)
{
	struct mono now = clock_mono(), most = mono_after(now, most_us);

	x->due = mono_after(x->due, us);
	if (x->due.us > most.us)
		x->due = most;
	set_clock(x, now);
}

static void
on_overdue(void *owner)
{
	struct exchange *x = owner;

	if (x->due.us - clock_mono().us > MS_US) {
		if (!x->was_started && !x->gate && x->state != EXCHANGE_READING)
			x->proxy->hooks->lasts(x);
		set_clock(x, clock_mono());
		return;
	}
	x->proxy->hooks->overdue(x);
}

void
exchange_live_under(struct exchange *x, struct regime *r)
{
	struct regime *before = x->regime;

	x->regime = regime_ref(r);
	x->policy = r->policy;
	regime_unref(&before);
}

struct exchange *
exchange_new(struct proxy *p, struct http_call *call)
{
	struct exchange *x;

	if (list_is_empty(&p->spares)) {
		x = memory_new(sizeof(*x));
		x->timer = timer_new(p->loop, on_overdue, x);
		x->out.max = x->body.max = SIZE_MAX / 4;
		list_init(&x->node);
	} else {
		x = LIST_ENTRY(p->spares.next, struct exchange, node);
		list_remove(&x->node);
		p->spare_count--;
	}
	x->proxy = p;
	exchange_live_under(x, p->regime);
	x->call = call;
	x->peer = http_call_peer(call);
	x->started = clock_mono();
	x->started_at = clock_wall();
	x->state = EXCHANGE_JUDGING;
	list_add_last(&p->under_way, &x->node);
	atomic_fetch_add_explicit(&p->shared->under_way, 1, memory_order_relaxed);
	return x;
}

void
exchange_free_parts(struct exchange *x)
{
	timer_free(&x->timer);
	arena_clear(&x->arena);
	buf_clear(&x->out);
	buf_clear(&x->head);
	buf_clear(&x->body);
}

static void
keep_or_clear(struct buf *b, size_t cap)
{
	if (b->cap > cap)
		buf_clear(b);
	buf_reset(b);
	b->max = SIZE_MAX / 4;
}

/* Back among the spares, with what is cheap to keep. */
static void
retire(struct exchange *x)
{
	struct proxy *p = x->proxy;
	struct exchange kept;

	timer_clear(x->timer);
	regime_unref(&x->regime);
	list_remove(&x->node);
	atomic_fetch_sub_explicit(&p->shared->under_way, 1, memory_order_relaxed);
	if (p->spare_count >= SPARES_MAX) {
		exchange_free_parts(x);
		loop_free_later(p->loop, x);
		return;
	}
	arena_reset(&x->arena);
	keep_or_clear(&x->out, OUT_KEPT);
	keep_or_clear(&x->head, HEAD_KEPT);
	keep_or_clear(&x->body, BODY_KEPT);
	kept = (struct exchange){.timer = x->timer, .arena = x->arena, .out = x->out,
	                         .head = x->head, .body = x->body};
	*x = kept;
	list_init(&x->node);
	list_add_first(&p->spares, &x->node);
	p->spare_count++;
}

void
exchange_cut(struct exchange *x)
{
	if (x->client)
		upstream_cut(x->upstream, &x->client);
}

static enum proxy_counter
counter_of(const struct exchange *x, enum ending ending)
{
	if (x->is_denied)
		return COUNT_DENIED;
	if (ending == ENDING_REFUSED)
		return COUNT_REFUSED;
	if (ending != ENDING_WHOLE)
		return COUNT_FAILED;
	return x->gate ? COUNT_COMPLETED : COUNT_ALLOWED;
}

void
exchange_finish(struct exchange *x, enum ending ending)
{
	bool is_gated = x->gate != NULL;

	x->state = EXCHANGE_DONE;
	proxy_count(x->proxy, counter_of(x, ending));
	x->proxy->hooks->end(x, ending);
	if (!x->client || ending != ENDING_WHOLE)
		exchange_cut(x);
	else if (is_gated)
		upstream_drop(x->upstream, &x->client); /* a connection of its own, for once */
	else
		upstream_give_back(x->upstream, &x->client);
	retire(x);
}

void
exchange_lose_caller(struct exchange *x)
{
	struct address *peer = arena_new(&x->arena, sizeof(*peer));

	*peer = *x->peer;
	x->peer = peer;
	x->call = NULL;
}

/* What every answer of ours has, whatever it says. */
static struct reply
filled(const struct exchange *x, const struct reply *reply)
{
	struct reply full = *reply;

	if (x->rule)
		full.rule = rule_name(x->rule);
	if (x->site)
		full.format = x->site->error_format;
	full.rpc_id = x->rpc_id;
	return full;
}

static struct reply
filled_refusal(const struct exchange *x, enum refusal refusal, const struct reply *reply)
{
	struct reply full = filled(x, reply);
	const struct gated *g = x->gate;
	int status = refusal_status(refusal);

	if (g && g->view.id[0] && !full.view) {
		full.view = &g->view;
		full.secret = span_cstr(g->secret);
	}
	if (!full.retry_after_s && (status == 503 || status == 429))
		full.retry_after_s = RETRY_AFTER_S;
	return full;
}

void
exchange_refuse_with(struct exchange *x, enum refusal refusal, const struct reply *reply)
{
	struct reply full = filled_refusal(x, refusal, reply);

	x->word = refusal_word(refusal);
	x->status = reply_status(refusal, &full);
	/* The upstream must not take a request that was cut short for complete. */
	exchange_cut(x);
	if (x->call)
		x->answer_bytes = reply_refusal(x->call, refusal, &full);
	x->call = NULL;
	exchange_finish(x, ending_of_refusal(refusal));
}

void
exchange_refuse(struct exchange *x, enum refusal refusal)
{
	exchange_refuse_with(x, refusal, &(struct reply){0});
}

void
exchange_answer_ahead(struct exchange *x, enum refusal refusal)
{
	struct reply full = filled_refusal(x, refusal, &(struct reply){0});

	if (x->call)
		reply_refusal(x->call, refusal, &full);
	exchange_lose_caller(x);
}

void
exchange_refuse_fault(struct exchange *x, enum fault fault)
{
	struct reply full = filled(x, &(struct reply){0});

	x->word = fault_word(fault);
	x->status = reply_fault_status(fault, &full);
	proxy_count(x->proxy, COUNT_FAULTS);
	exchange_cut(x);
	if (x->call)
		x->answer_bytes = reply_fault(x->call, fault, &full);
	x->call = NULL;
	exchange_finish(x, ENDING_REFUSED);
}
