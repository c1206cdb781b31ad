/* May this be forwarded?  What is judged, what it is bound to, and the permission itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/judge.h"

#include "proxy/examine.h"

void
judge_clear_allowed(struct exchange *x)
{
	x->clearance = (struct clearance){
		.is_given = true,
		.stamp = span_hash(buf_span(&x->out), x->proxy->stamp_seed),
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
		.digest = digest_of_call(x, buf_span(&x->gate->body)),
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
		return c->stamp == span_hash(buf_span(&x->out), x->proxy->stamp_seed);
	sent = digest_of_call(x, body);
	return digest_eq(&c->digest, &sent);
}

/* Reads and judges the kept head again; what stands against it now, if anything does. */
enum refusal
judge_again(struct exchange *x)
{
	struct proxy *p = x->proxy;
	struct head_limits limits = limits_of_head(x->policy->limits);
	enum fault fault = FAULT_NONE;
	struct objection no;

	/* What the last look found is found anew: waiting long costs no more than briefly. */
	arena_reset(&x->arena);
	x->has_request = false;
	limits.may_be_utf8 = true;
	head_reset(&p->head, HEAD_REQUEST);
	if (head_read(&p->head, buf_span(&x->gate->head), &limits, &fault) != PROGRESS_DONE)
		return REFUSAL_INTERNAL;
	no = examine(x, &p->head);
	if (objection_stands(no))
		return no.refusal != REFUSAL_NONE ? no.refusal : REFUSAL_INTERNAL;
	/* The policy is the one it was judged by before: it asks for the same again. */
	if (p->examined.verdict.kind != VERDICT_APPROVAL)
		return REFUSAL_INTERNAL;
	return REFUSAL_NONE;
}

/* What people sign; false: it is not what it was at first. */
bool
judge_bind(struct exchange *x, struct bindable *b)
{
	struct gate *g = x->gate;
	struct digest binding;

	*b = (struct bindable){
		.namespace = x->policy->namespace,
		.site = x->site->name,
		.rule = rule_name(x->rule),
		.effect = &x->proxy->examined.verdict.requirement.effect,
		.requester = &x->person,
		.anonymous_source = address_host(x->peer),
		.request = &x->proxy->examined.request,
		.upstream_host = x->site->upstream_host,
		.body = buf_span(&g->body),
		.binding_secret = x->policy->binding_secret,
		.is_identity = examine_is_identity,
		.ctx = x,
	};
	binding = binding_digest(b);
	if (g->has_bound)
		return digest_eq(&binding, &g->binding);
	g->has_bound = true;
	g->binding = binding;
	g->body_digest = digest_of(b->body);
	return true;
}
