/* One request and its answer: the machine, nothing else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/exchange.h"

#include <assert.h>
#include <stdlib.h>

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "proxy/reply.h"
#include "proxy/trail.h"
#include "proxy/worker.h"

enum { SPARES_MAX = 1024, RETRY_AFTER_S = 5 };

/* A call that takes longer is on record before its end. */
#define STARTED_AFTER_US (10 * SECOND_US)
/* The store and the trail have deadlines of their own; these only catch what hangs. */
#define STORE_TIMEOUT_US (10 * SECOND_US)
#define RECORD_TIMEOUT_US (15 * SECOND_US)

static int64_t
by_connection(const struct limits *l UNUSED)
{
	return 0;
}

static int64_t
by_body(const struct limits *l)
{
	return l->body_timeout_us;
}

static int64_t
by_store(const struct limits *l UNUSED)
{
	return STORE_TIMEOUT_US;
}

static int64_t
by_record(const struct limits *l UNUSED)
{
	return RECORD_TIMEOUT_US;
}

static int64_t
by_connect(const struct limits *l)
{
	return l->connect_timeout_us;
}

static int64_t
by_answer(const struct limits *l)
{
	return l->answer_timeout_us;
}

static int64_t
by_stream(const struct limits *l)
{
	return l->stream_idle_timeout_us;
}

#define MAY(state) (1u << EXCHANGE_##state)

/* clang-format off */

/* The whole machine: how long each state may last, and which states may follow.  What is
 * done when one lasts longer stands in door.c. */
static const struct stage {
	const char *name;
	int64_t (*allowance)(const struct limits *limits); /* 0: no deadline of ours */
	unsigned next;
} stages[EXCHANGE_STATES] = {
	[EXCHANGE_READING]    = {"reading",    by_body,       MAY(JUDGING) | MAY(DONE)},
	[EXCHANGE_JUDGING]    = {"judging",    by_store,      MAY(READING) | MAY(WAITING) | MAY(CONNECTING) | MAY(FORWARDING) | MAY(JUDGING) | MAY(DONE)},
	[EXCHANGE_WAITING]    = {"waiting",    by_connection, MAY(JUDGING) | MAY(DONE)},
	[EXCHANGE_CONNECTING] = {"connecting", by_connect,    MAY(FORWARDING) | MAY(CLAIMING) | MAY(DONE)},
	[EXCHANGE_CLAIMING]   = {"claiming",   by_record,     MAY(FORWARDING) | MAY(JUDGING) | MAY(CLAIMING) | MAY(DONE)},
	[EXCHANGE_FORWARDING] = {"forwarding", by_answer,     MAY(COMPLETING) | MAY(RELAYING) | MAY(CONNECTING) | MAY(DONE)},
	[EXCHANGE_COMPLETING] = {"completing", by_record,     MAY(RELAYING) | MAY(DONE)},
	[EXCHANGE_RELAYING]   = {"relaying",   by_stream,     MAY(RELAYING) | MAY(DONE)},
	[EXCHANGE_DONE]       = {"done",       by_connection, 0},
};
/* clang-format on */

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

	assert(stages[x->state].next & (1u << next));
	log_debug("exchange.state", "from=%s to=%s", stages[x->state].name, stages[next].name);
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
	exchange_enter_for(x, next, stages[next].allowance(limits_of(x)));
}

void
exchange_renew(struct exchange *x)
{
	struct mono now = clock_mono();

	x->due = mono_after(now, stages[x->state].allowance(limits_of(x)));
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
			trail_started(x);
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

void
exchange_keep_view(struct exchange *x, const struct approval_view *view)
{
	struct gate *g = x->gate;

	if (!view || !view->id[0])
		return;
	g->view = *view;
	g->view.reason = g->view.rule = g->view.site = SPAN_NONE;
	g->view.detail = NULL;
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
	if (!x->is_recorded && !x->is_status)
		trail_request(x, ending);
	proxy_count(x->proxy, counter_of(x, ending));
	x->proxy->hooks->release(x);
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

static enum ending
ending_of(enum refusal refusal)
{
	switch ((int)refusal) {
	case REFUSAL_UPSTREAM_BROKEN:
	case REFUSAL_UPSTREAM_MALFORMED:
	case REFUSAL_UPSTREAM_UNREACHABLE:
		return ENDING_UPSTREAM_BROKE;
	case REFUSAL_UPSTREAM_TIMEOUT:
		return ENDING_LATE;
	default:
		return ENDING_REFUSED;
	}
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
	const struct gate *g = x->gate;
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
	exchange_finish(x, ending_of(refusal));
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
