/* A clearance and an upstream. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/forward.h"

#include "lib/base/log.h"
#include "proxy/answer.h"
#include "proxy/gated.h"
#include "proxy/judge.h"
#include "proxy/kept.h"
#include "proxy/trail.h"

static void
pause_call(struct exchange *x)
{
	if (!x->call || x->call_is_paused || x->body_is_whole)
		return;
	x->call_is_paused = true;
	http_call_pause(x->call);
}

static void
resume_call(struct exchange *x)
{
	if (!x->call || !x->call_is_paused)
		return;
	x->call_is_paused = false;
	http_call_resume(x->call);
}

bool
forward_start(struct exchange *x, struct span body, bool is_last)
{
	bool has_room;

	if (!judge_covers(x, body)) {
		log_error("forward.uncleared",
		          "the bytes to be sent are not those that were cleared; nothing was sent");
		return false;
	}
	x->clearance = (struct clearance){0};
	exchange_enter(x, EXCHANGE_FORWARDING);
	has_room = http_client_begin(x->client, buf_span(&x->out), body,
	                             !x->gate && !x->is_inspected &&
	                                     x->framing.kind == BODY_CHUNKED,
	                             x->method == METHOD_HEAD, is_last);
	if (!has_room)
		pause_call(x);
	return true;
}

static void
send_pending(struct exchange *x)
{
	bool is_last = x->body_is_whole;

	if (!forward_start(x, buf_span(&x->body), is_last)) {
		exchange_refuse(x, REFUSAL_INTERNAL);
		return;
	}
	kept_let_go(x);
	if (!is_last && x->call)
		http_call_continue(x->call);
	if (x->client && http_client_has_room(x->client))
		resume_call(x);
}

static void
connect_anew(struct exchange *x)
{
	x->used_idle = false;
	x->client = upstream_connect(x->upstream);
	if (!x->client) {
		exchange_refuse(x, REFUSAL_UPSTREAM_BUSY);
		return;
	}
	http_client_own(x->client, &forward_handler, x);
	exchange_enter(x, EXCHANGE_CONNECTING);
}

void
forward_connect(struct exchange *x)
{
	connect_anew(x);
}

void
forward_pass(struct exchange *x, struct span body, bool is_last)
{
	x->client = upstream_take_idle(x->upstream);
	if (x->client) {
		x->used_idle = true;
		http_client_own(x->client, &forward_handler, x);
		if (!is_last)
			http_call_continue(x->call);
		if (forward_start(x, body, is_last))
			kept_let_go(x);
		else
			exchange_refuse(x, REFUSAL_INTERNAL);
		return;
	}
	if (body.ptr != x->body.ptr)
		buf_add(&x->body, body);
	pause_call(x);
	connect_anew(x);
}

static void
on_up(void *owner)
{
	struct exchange *x = owner;

	if (x->events)
		x->events->connected(x);
	else
		send_pending(x);
}

void
forward_body(struct exchange *x, struct span body, bool is_last)
{
	/* The answer is due when the request is complete, not before. */
	if (x->state == EXCHANGE_FORWARDING)
		exchange_renew(x);
	if (!http_client_send(x->client, body, is_last))
		pause_call(x);
}

static void
on_client_drained(void *owner)
{
	resume_call(owner);
}

void
forward_on_drained(struct exchange *x)
{
	if (x->client && x->state == EXCHANGE_RELAYING) {
		exchange_enter(x, EXCHANGE_RELAYING);
		http_client_resume(x->client);
	}
}

/* The answer's last byte has come; `is_taken`: and went to the caller. */
static void
conclude(struct exchange *x, bool is_taken)
{
	if (x->gate)
		x->events->ended(x, is_taken ? ENDING_WHOLE : ENDING_CALLER_GONE);
	exchange_finish(x, is_taken ? ENDING_WHOLE : ENDING_CALLER_GONE);
}

/* One piece of the answer to the caller, its head with the first. */
static void
relay(struct exchange *x, struct span head, struct span body, bool is_last)
{
	bool has_room = true, has_caller = x->call != NULL;

	x->answer_bytes += body.len;
	if (x->method == METHOD_HEAD)
		body = SPAN_NONE;
	/* On record before the caller can know that it is through: a kill loses no line. */
	if (is_last && !x->gate && has_caller)
		trail_request(x, ENDING_WHOLE);
	if (has_caller)
		has_room = http_call_send(x->call, head, body, is_last);
	if (is_last) {
		x->call = NULL;
		conclude(x, has_caller);
		return;
	}
	exchange_enter(x, EXCHANGE_RELAYING);
	if (!has_room)
		http_client_pause(x->client);
}

void
forward_break_off(struct exchange *x, enum ending ending)
{
	if (x->call)
		http_call_abort(x->call);
	x->call = NULL;
	if (x->gate)
		x->events->ended(x, ending);
	exchange_finish(x, ending);
}

/* Gated: kept until its record is durable, and the upstream stopped meanwhile. */
static void
keep_answer(struct exchange *x, const struct head *head, const struct framing *framing,
            struct span body, bool is_last)
{
	struct gated *g = x->gate;

	g->answer.max = x->proxy->scratch.max;
	g->answer_body.max = LOOP_RECEIVE;
	if (!answer_write(x, head, framing, &g->answer)) {
		x->events->unknown(x, REFUSAL_OUTCOME_UNKNOWN);
		return;
	}
	buf_add(&g->answer_body, body);
	g->answer_is_last = is_last;
	http_client_pause(x->client);
	x->events->answered(x);
}

static void
on_answer(void *owner, const struct head *head, const struct framing *framing,
          struct span body, bool is_last)
{
	struct exchange *x = owner;
	struct buf *out = &x->proxy->scratch;

	x->status = head->status;
	if (x->gate) {
		keep_answer(x, head, framing, body, is_last);
		return;
	}
	buf_reset(out);
	if (!answer_write(x, head, framing, out)) {
		exchange_cut(x);
		x->status = 0;
		exchange_refuse(x, REFUSAL_UPSTREAM_MALFORMED);
		return;
	}
	relay(x, buf_span(out), body, is_last);
}

void
forward_relay_kept(struct exchange *x)
{
	struct gated *g = x->gate;
	struct buf body = g->answer_body;

	g->answer_body = (struct buf){0};
	if (!x->call && !g->answer_is_last) {
		/* Nobody takes the rest; that the action ran is on record. */
		x->events->ended(x, ENDING_CALLER_GONE);
		exchange_finish(x, ENDING_CALLER_GONE);
	} else if (!x->client && !g->answer_is_last) {
		/* The upstream broke off meanwhile: the caller gets what came, and sees that
		 * it is not whole. */
		x->answer_bytes += body.len;
		http_call_send(x->call, buf_span(&g->answer), buf_span(&body), false);
		forward_break_off(x, ENDING_UPSTREAM_BROKE);
	} else {
		if (x->client)
			http_client_resume(x->client);
		relay(x, buf_span(&g->answer), buf_span(&body), g->answer_is_last);
	}
	buf_clear(&body);
}

static void
on_body(void *owner, struct span body, bool is_last)
{
	relay(owner, SPAN_NONE, body, is_last);
}

/* A connection that idled in our pool may have been closed while the request was on its
 * way; asking anew is safe when the method is, and nothing has come back. */
static bool
may_retry(const struct exchange *x, enum client_end end)
{
	return end == CLIENT_CLOSED && x->used_idle && !x->has_retried && !x->gate &&
	       x->framing.kind == BODY_NONE && x->status == 0 &&
	       (x->method == METHOD_GET || x->method == METHOD_HEAD ||
	        x->method == METHOD_OPTIONS);
}

static void
retry(struct exchange *x)
{
	x->has_retried = true;
	/* Cleared before and judged no differently: the bytes are the same. */
	judge_clear_allowed(x, SPAN_NONE);
	connect_anew(x);
}

void
forward_fail(struct exchange *x, enum refusal refusal)
{
	if (x->gate)
		x->events->failed(x, refusal);
	else
		exchange_refuse(x, refusal);
}

static enum refusal
refusal_of(const struct exchange *x, enum client_end end)
{
	if (end == CLIENT_UNREACHED)
		return REFUSAL_UPSTREAM_UNREACHABLE;
	if (x->gate && x->state >= EXCHANGE_FORWARDING)
		return REFUSAL_OUTCOME_UNKNOWN;
	return end == CLIENT_FAULT ? REFUSAL_UPSTREAM_MALFORMED : REFUSAL_UPSTREAM_BROKEN;
}

static void
on_down(void *owner, struct http_client *client UNUSED, enum client_end end, enum fault fault)
{
	struct exchange *x = owner;
	enum refusal refusal = refusal_of(x, end);

	if (end == CLIENT_FAULT)
		log_warning("upstream.malformed", "site %.*s: %s", SPAN_ARG(x->site->name),
		            fault_text(fault));
	else
		log_debug("upstream.down", "site %.*s: %s", SPAN_ARG(x->site->name),
		          http_client_why(x->client));
	upstream_drop(x->upstream, &x->client);
	if (x->state == EXCHANGE_RELAYING)
		forward_break_off(x, ENDING_UPSTREAM_BROKE);
	else if (x->state == EXCHANGE_COMPLETING)
		return; /* its record is on the way; what came of the answer is kept */
	else if (may_retry(x, end))
		retry(x);
	else
		forward_fail(x, refusal);
}

const struct http_client_handler forward_handler = {
	.on_up = on_up,
	.on_answer = on_answer,
	.on_body = on_body,
	.on_drained = on_client_drained,
	.on_down = on_down,
};
