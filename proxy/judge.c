/* May this be forwarded?  What is judged, what it is bound to, and the permission itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/judge.h"

#include "proxy/gated.h"
#include "proxy/kept.h"

/* Of a call that passes: its head, and its body where that was judged too. */
static uint64_t
stamp_of(const struct exchange *x, struct span body)
{
	uint64_t stamp = span_hash(buf_span(&x->out), x->proxy->stamp_seed);

	return x->is_inspected ? span_hash(body, stamp) : stamp;
}

void
judge_clear_allowed(struct exchange *x, struct span body)
{
	x->clearance = (struct clearance){
		.is_given = true,
		.stamp = stamp_of(x, body),
	};
}

static struct digest
digest_of_call(const struct exchange *x, struct span body)
{
	struct hasher *h = hasher_new();

	hasher_add_counted(h, buf_span(&x->out));
	hasher_add_counted(h, body);
	return hasher_end(&h);
}

/* After claim and durable intent, for the bytes that were judged just now. */
void
judge_clear_claimed(struct exchange *x)
{
	x->clearance = (struct clearance){
		.is_given = true,
		.is_gated = true,
		.digest = digest_of_call(x, buf_span(&x->body)),
	};
}

bool
judge_covers(const struct exchange *x, struct span body)
{
	const struct clearance *c = &x->clearance;
	struct digest sent;

	if (!c->is_given || c->is_gated != (x->gate != NULL))
		return false;
	if (!c->is_gated)
		return c->stamp == stamp_of(x, body);
	sent = digest_of_call(x, body);
	return digest_eq(&c->digest, &sent);
}

struct objection
judge_again(struct exchange *x, enum fault unread)
{
	const struct examined *e = &x->proxy->examined;
	struct objection no;

	/* What the last look found is found anew: waiting long costs no more than briefly. */
	arena_reset(&x->arena);
	x->rpc_id = SPAN_NONE;
	x->has_request = false;
	if (!kept_read_head(x))
		return (struct objection){.refusal = REFUSAL_INTERNAL};
	no = examine_head(x, &x->proxy->head);
	if (objection_stands(no))
		return no;
	examine_rpc_id(x, buf_span(&x->body));
	no = examine_rules(x);
	if (objection_stands(no) || e->verdict.needs_body == BODY_NEED_NONE)
		return no;
	return unread != FAULT_NONE ? examine_unread(x, unread)
	                            : examine_body(x, buf_span(&x->body));
}

enum refusal
judge_gated_again(struct exchange *x)
{
	struct objection no = judge_again(x, FAULT_NONE);

	if (objection_stands(no))
		return no.refusal != REFUSAL_NONE ? no.refusal : REFUSAL_INTERNAL;
	/* The policy is the one it was judged by before: it asks for the same again. */
	return x->verdict == VERDICT_APPROVAL ? REFUSAL_NONE : REFUSAL_INTERNAL;
}

struct objection
judge_waiting(struct exchange *x)
{
	struct gated *g = x->gate;
	struct regime *before;
	struct objection no;

	if (g->regime == x->proxy->regime->number || x->regime == x->proxy->regime) {
		g->regime = x->proxy->regime->number;
		return (struct objection){FAULT_NONE, judge_gated_again(x)};
	}
	g->regime = x->proxy->regime->number;
	before = regime_ref(x->regime);
	exchange_live_under(x, x->proxy->regime);
	no = judge_again(x, FAULT_NONE);
	if (!objection_stands(no) && x->verdict != VERDICT_APPROVAL) {
		exchange_live_under(x, before);
		no.refusal = judge_gated_again(x);
	}
	regime_unref(&before);
	return no;
}

struct objection
judge_bind(struct exchange *x, struct bindable *b)
{
	const struct requirement *requirement = &x->proxy->examined.verdict.requirement;
	struct gated *g = x->gate;
	struct objection no = {FAULT_NONE, REFUSAL_NONE};
	struct digest binding;

	*b = (struct bindable){
		.namespace = x->policy->namespace,
		.site = x->site->name,
		.rule = rule_name(x->rule),
		.effect = &requirement->effect,
		.requester = &x->person,
		.anonymous_source = address_host(x->peer),
		.request = &x->proxy->examined.request,
		.bind = &requirement->bind,
		.upstream_host = x->site->upstream_host,
		.body = buf_span(&x->body),
		.inspected_body_max = x->site->limits.inspected_body_max,
		.binding_secret = x->policy->binding_secret,
		.is_identity = examine_is_identity,
		.ctx = x,
	};
	no.fault = binding_digest(b, &binding);
	if (no.fault != FAULT_NONE)
		return no;
	if (g->has_bound) {
		if (!digest_eq(&binding, &g->binding))
			no.refusal = REFUSAL_INTERNAL;
		return no;
	}
	g->has_bound = true;
	g->binding = binding;
	g->effect = *b->effect;
	g->body_digest = digest_of(b->body);
	return no;
}
