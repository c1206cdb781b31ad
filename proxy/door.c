/* What happens at the caller's door: requests, bodies, faults, hang-ups, deadlines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/door.h"

#include "proxy/claim.h"
#include "proxy/examine.h"
#include "proxy/forward.h"
#include "proxy/gate.h"
#include "proxy/intake.h"
#include "proxy/kept.h"
#include "proxy/status.h"
#include "proxy/trail.h"

static void
refuse_unconnected(struct exchange *x)
{
	forward_fail(x, REFUSAL_UPSTREAM_UNREACHABLE);
}

static void
refuse_unanswered(struct exchange *x)
{
	forward_fail(x, x->gate ? REFUSAL_OUTCOME_UNKNOWN_LATE : REFUSAL_UPSTREAM_TIMEOUT);
}

static void
cut_stalled(struct exchange *x)
{
	forward_break_off(x, ENDING_LATE);
}

/* What is done when a state lasts longer than it may. */
static void (*const overdue[EXCHANGE_STATES])(struct exchange *x) = {
	[EXCHANGE_READING] = intake_on_overdue,
	[EXCHANGE_JUDGING] = gate_on_overdue,
	[EXCHANGE_WAITING] = gate_on_overdue,
	[EXCHANGE_CONNECTING] = refuse_unconnected,
	[EXCHANGE_CLAIMING] = claim_on_overdue,
	[EXCHANGE_FORWARDING] = refuse_unanswered,
	[EXCHANGE_COMPLETING] = claim_on_overdue,
	[EXCHANGE_RELAYING] = cut_stalled,
};

static void
on_overdue(struct exchange *x)
{
	if (x->inquiry)
		status_on_overdue(x);
	else
		overdue[x->state](x);
}

static void
on_end(struct exchange *x, enum ending ending)
{
	if (!x->is_recorded && !x->is_status)
		trail_request(x, ending);
	if (x->gate)
		gate_release(x);
	if (x->inquiry)
		status_release(x);
	kept_let_go(x);
}

const struct exchange_hooks door_hooks = {
	.overdue = on_overdue,
	.lasts = trail_started,
	.end = on_end,
};

static void
on_request(void *ctx, struct http_call *call, const struct head *head,
           const struct framing *framing UNUSED, struct span body, bool is_last)
{
	struct exchange *x = exchange_new(ctx, call);
	struct objection no;

	http_call_own(call, x);
	x->body_bytes = body.len;
	x->body_is_whole = is_last;
	no = examine_head(x, head);
	if (is_last)
		examine_rpc_id(x, body);
	if (!objection_stands(no) && !x->is_status)
		no = examine_rules(x);
	if (objection_stands(no))
		examine_refuse(x, no);
	else if (x->is_status)
		status_begin(x);
	else
		intake_begin(x, head, body, is_last);
}

static void
on_body(void *owner, struct span body, bool is_last)
{
	struct exchange *x = owner;

	x->body_bytes += body.len;
	x->body_is_whole = is_last;
	if (x->state == EXCHANGE_READING)
		intake_on_body(x, body, is_last);
	else if (x->client && x->state >= EXCHANGE_FORWARDING)
		forward_body(x, body, is_last);
	else
		buf_add(&x->body, body);
}

static void
on_fault(void *owner, struct http_call *call, enum fault fault, const struct head *head UNUSED)
{
	struct exchange *x = http_call_is_owned(call) ? owner : exchange_new(owner, call);

	/* Half an answer cannot become another. */
	if (x->state == EXCHANGE_RELAYING) {
		x->word = fault_word(fault);
		x->call = NULL;
		/* With a reset, so that an answer that ends with the connection is not taken
		 * for whole. */
		http_call_abort(call);
		exchange_finish(x, ENDING_CUT_BY_FAULT);
		return;
	}
	exchange_refuse_fault(x, fault);
}

static void
on_drained(void *owner)
{
	forward_on_drained(owner);
}

static void
on_gone(void *owner)
{
	struct exchange *x = owner;

	exchange_lose_caller(x);
	if (x->gate && !gate_on_gone(x))
		return;
	exchange_finish(x, x->proxy->is_ending ? ENDING_PROCESS_ENDED : ENDING_CALLER_GONE);
}

const struct http_handler door_handler = {
	.on_request = on_request,
	.on_body = on_body,
	.on_fault = on_fault,
	.on_drained = on_drained,
	.on_gone = on_gone,
};
