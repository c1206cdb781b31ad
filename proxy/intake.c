/* From an examined head to a gate or an upstream. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/intake.h"

#include "proxy/examine.h"
#include "proxy/forward.h"
#include "proxy/gate.h"
#include "proxy/judge.h"
#include "proxy/kept.h"
#include "proxy/trail.h"

static void
pass(struct exchange *x, struct span body, bool is_last)
{
	if (!x->policy->passes_without_audit && !trail_is_open(x)) {
		exchange_refuse(x, REFUSAL_AUDIT_UNAVAILABLE);
		return;
	}
	if (!examine_write(x, SPAN_NONE, body.len)) {
		exchange_refuse(x, REFUSAL_INTERNAL);
		return;
	}
	judge_clear_allowed(x, body);
	forward_pass(x, body, is_last);
}

static bool
asks_people(const struct exchange *x)
{
	return x->verdict == VERDICT_APPROVAL;
}

/* The last look is taken: `no` is what came of it.  `head`: not kept yet; NULL: kept. */
static void
settle(struct exchange *x, const struct head *head, struct span body, struct objection no)
{
	if (!objection_stands(no) && asks_people(x) && body.len > x->site->limits.held_body_max)
		no.fault = FAULT_BODY_TOO_LARGE;
	if (!objection_stands(no) && asks_people(x) && head)
		no.refusal = kept_begin(x, head, body);
	if (objection_stands(no)) {
		examine_refuse(x, no);
		return;
	}
	trail_would(x);
	if (asks_people(x))
		gate_begin(x);
	else
		pass(x, body, true);
}

/*
 * The body cannot be collected: `why`.  `head`: not kept, and still in hand.  Who must have
 * it whole is refused, in the name of the rule whose question it was; otherwise it is
 * noted, and the body streams on with what is here of it.
 */
static void
give_up(struct exchange *x, const struct head *head, struct span body, struct objection why)
{
	enum fault unread = why.fault != FAULT_NONE ? why.fault : FAULT_BODY_TOO_LARGE;
	struct objection no;

	if (x->state == EXCHANGE_READING)
		exchange_enter(x, EXCHANGE_JUDGING);
	if (!head)
		no = judge_again(x, unread);
	else if (x->proxy->examined.verdict.needs_body != BODY_NEED_NONE)
		no = examine_unread(x, unread);
	else
		no = (struct objection){0};
	if (no.refusal != REFUSAL_NONE || x->needs_whole || objection_stands(no)) {
		examine_refuse(x, no.refusal != REFUSAL_NONE ? no : why);
		return;
	}
	trail_would(x);
	pass(x, body, x->body_is_whole);
}

static void
collect(struct exchange *x, const struct head *head, struct span body)
{
	const struct verdict *v = &x->proxy->examined.verdict;
	const struct limits *limits = &x->site->limits;
	struct objection why = {0};

	x->needs_whole = asks_people(x) ||
	                 (v->needs_body == BODY_NEED_RULES && !x->site->observes);
	x->collect_max = asks_people(x) ? limits->held_body_max : limits->inspected_body_max;
	if ((x->framing.kind == BODY_SIZED && x->framing.length > x->collect_max) ||
	    body.len > x->collect_max)
		why.fault = FAULT_BODY_TOO_LARGE;
	else
		why.refusal = kept_begin(x, head, body);
	if (objection_stands(why)) {
		give_up(x, head, body, why);
		return;
	}
	http_call_continue(x->call);
	exchange_enter(x, EXCHANGE_READING);
}

void
intake_begin(struct exchange *x, const struct head *head, struct span body, bool is_last)
{
	bool is_looked_into = x->proxy->examined.verdict.needs_body != BODY_NEED_NONE;
	struct objection no = {0};

	if (!is_looked_into && !asks_people(x)) {
		trail_would(x);
		pass(x, body, is_last);
		return;
	}
	if (!is_last) {
		collect(x, head, body);
		return;
	}
	if (is_looked_into)
		no = examine_body(x, body);
	settle(x, head, body, no);
}

void
intake_on_body(struct exchange *x, struct span body, bool is_last)
{
	struct objection why = {0};

	/* Each KiB buys a second: who trickles does not hold the memory for long. */
	exchange_extend(x, (int64_t)body.len * SECOND_US / 1024,
	                x->site->limits.body_timeout_us);
	if (x->body.len + body.len > x->collect_max)
		why.fault = FAULT_BODY_TOO_LARGE;
	else
		why.refusal = kept_add(x, body);
	if (objection_stands(why)) {
		buf_add(&x->body, body);
		give_up(x, NULL, buf_span(&x->body), why);
	} else if (is_last) {
		exchange_enter(x, EXCHANGE_JUDGING);
		why = judge_again(x, FAULT_NONE);
		settle(x, NULL, buf_span(&x->body), why);
	}
}

void
intake_on_overdue(struct exchange *x)
{
	give_up(x, NULL, buf_span(&x->body), (struct objection){.fault = FAULT_BODY_TIMEOUT});
}
