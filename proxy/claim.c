/* A granted call's way from claim to outcome, each step on record before the next. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/claim.h"

#include "proxy/examine.h"
#include "proxy/forward.h"
#include "proxy/gated.h"
#include "proxy/judge.h"
#include "proxy/trail.h"

void
claim_release(struct exchange *x)
{
	if (x->gate->has_reserve)
		audit_release(x->proxy->ring);
	x->gate->has_reserve = false;
}

/* A use was taken that nothing will be sent for. */
static void
burn(struct exchange *x, const char *word, enum refusal refusal)
{
	struct gated *g = x->gate;

	trail_approval(x, RECORD_APPROVAL_BURNT, word);
	x->is_recorded = true;
	proxy_count(x->proxy, COUNT_BURNT);
	store_close_claim(x->proxy->store, g->view.id, g->claim, CLAIM_END_BURNT);
	g->has_claim = false;
	if (x->call)
		exchange_refuse(x, refusal);
	else
		exchange_finish(x, ENDING_CALLER_GONE);
}

static void
on_intent(void *owner, bool is_durable)
{
	struct exchange *x = owner;
	struct gated *g = x->gate;
	struct bindable b;
	enum refusal refusal = REFUSAL_NONE;

	g->is_recording = false;
	if (!is_durable) {
		burn(x, "audit-unavailable", REFUSAL_AUDIT_UNAVAILABLE);
		return;
	}
	if (!x->call || !x->client) {
		burn(x, x->call ? "upstream-unreachable" : "caller-gone",
		     REFUSAL_UPSTREAM_UNREACHABLE);
		return;
	}
	refusal = judge_gated_again(x);
	if (refusal == REFUSAL_NONE &&
	    (objection_stands(judge_bind(x, &b)) || !examine_write(x, span_cstr(g->view.id), x->body.len)))
		refusal = REFUSAL_INTERNAL;
	if (refusal == REFUSAL_NONE) {
		judge_clear_claimed(x);
		if (forward_start(x, buf_span(&x->body), true))
			return;
		refusal = REFUSAL_INTERNAL;
	}
	burn(x, refusal_word(refusal), refusal);
}

/* Twice: in the spent log, which a later start reads first, and in the trail. */
static void
record_intent(struct exchange *x)
{
	struct gated *g = x->gate;

	if (!x->call) {
		burn(x, "caller-gone", REFUSAL_UPSTREAM_UNREACHABLE);
		return;
	}
	if (!store_note_intent(x->proxy->store, g->view.id, g->claim)) {
		burn(x, "store-unavailable", REFUSAL_STORE_UNAVAILABLE);
		return;
	}
	g->is_recording = trail_approval_durable(x, RECORD_APPROVAL_CLAIMED, NULL, on_intent);
	if (!g->is_recording)
		burn(x, "audit-unavailable", REFUSAL_AUDIT_UNAVAILABLE);
}

static void
on_claimed(void *owner, enum claim_result result, const struct approval_view *view)
{
	struct exchange *x = owner;
	struct gated *g = x->gate;

	g->claiming = NULL;
	gated_keep_view(g, view);
	if (result == CLAIM_TAKEN) {
		g->has_claim = true;
		g->is_waiting = false;
		record_intent(x);
		return;
	}
	upstream_drop(x->upstream, &x->client);
	claim_release(x);
	if (!x->call) {
		exchange_finish(x, ENDING_CALLER_GONE);
	} else if (result == CLAIM_UNAVAILABLE) {
		exchange_refuse(x, REFUSAL_STORE_UNAVAILABLE);
	} else {
		/* Somebody was faster: what it means for us the store knows. */
		g->is_waiting = true;
		g->ask_again(x);
	}
}

static void
begin(struct exchange *x)
{
	struct gated *g = x->gate;

	g->has_reserve = audit_reserve(x->proxy->ring);
	if (!g->has_reserve) {
		exchange_refuse(x, REFUSAL_AUDIT_UNAVAILABLE);
		return;
	}
	exchange_enter(x, EXCHANGE_CLAIMING);
	g->claiming = store_claim(x->proxy->store, g->view.id, &g->binding,
	                          span_cstr(g->waiter), g->claim, on_claimed, x);
}

static void
on_completed(void *owner, bool is_durable)
{
	struct exchange *x = owner;
	struct gated *g = x->gate;

	g->is_recording = false;
	g->has_claim = false;
	x->is_recorded = true;
	store_close_claim(x->proxy->store, g->view.id, g->claim,
	                  is_durable && !g->pending_refusal ? CLAIM_END_COMPLETED
	                                                    : CLAIM_END_UNKNOWN);
	if (!is_durable)
		exchange_refuse(x, REFUSAL_OUTCOME_UNRECORDED);
	else if (g->pending_refusal)
		exchange_refuse(x, g->pending_refusal);
	else
		forward_relay_kept(x);
}

static void
complete(struct exchange *x)
{
	exchange_enter(x, EXCHANGE_COMPLETING);
	x->gate->is_recording =
		trail_approval_durable(x, RECORD_APPROVAL_COMPLETED, NULL, on_completed);
	if (!x->gate->is_recording)
		on_completed(x, false);
}

static void
outcome_unknown(struct exchange *x, enum refusal refusal)
{
	struct gated *g = x->gate;

	exchange_cut(x);
	x->status = 0;
	g->pending_refusal = refusal;
	proxy_count(x->proxy, COUNT_UNKNOWN);
	exchange_enter(x, EXCHANGE_COMPLETING);
	g->is_recording = trail_approval_durable(x, RECORD_APPROVAL_OUTCOME_UNKNOWN,
	                                         refusal_word(refusal), on_completed);
	if (!g->is_recording)
		on_completed(x, false);
}

void
claim_relayed(struct exchange *x, enum ending ending)
{
	trail_approval(x, RECORD_APPROVAL_RELAYED, ending_word(ending));
	x->is_recorded = true;
}

static void
on_down(struct exchange *x, enum refusal refusal)
{
	if (x->state == EXCHANGE_FORWARDING)
		outcome_unknown(x, refusal);
	else if (x->state == EXCHANGE_CONNECTING)
		exchange_refuse(x, REFUSAL_UPSTREAM_UNREACHABLE);
	/* While claiming: found out when the intent is through, and burnt there. */
}

void
claim_on_overdue(struct exchange *x)
{
	exchange_answer_ahead(x, x->state == EXCHANGE_CLAIMING ? REFUSAL_STORE_UNAVAILABLE
	                                                       : REFUSAL_OUTCOME_UNRECORDED);
}

void
claim_on_end(struct exchange *x)
{
	struct gated *g = x->gate;

	if (x->state == EXCHANGE_RELAYING) {
		claim_relayed(x, ENDING_PROCESS_ENDED);
	} else if (x->state == EXCHANGE_FORWARDING) {
		trail_approval(x, RECORD_APPROVAL_OUTCOME_UNKNOWN, "process-ended");
		store_close_claim(x->proxy->store, g->view.id, g->claim, CLAIM_END_UNKNOWN);
		x->is_recorded = true;
	} else if (x->state == EXCHANGE_COMPLETING) {
		/* Its record is in the ring and will be written. */
		store_close_claim(x->proxy->store, g->view.id, g->claim,
		                  g->pending_refusal ? CLAIM_END_UNKNOWN : CLAIM_END_COMPLETED);
		x->is_recorded = true;
	} else if (x->state == EXCHANGE_CLAIMING && g->has_claim) {
		trail_approval(x, RECORD_APPROVAL_BURNT, "process-ended");
		store_close_claim(x->proxy->store, g->view.id, g->claim, CLAIM_END_BURNT);
		x->is_recorded = true;
	}
}

const struct forward_events claim_events = {
	.connected = begin,
	.answered = complete,
	.failed = on_down,
	.unknown = outcome_unknown,
	.ended = claim_relayed,
};
