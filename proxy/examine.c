/* From a head to what is judged. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/examine.h"

#include "proxy/reply.h"


static struct objection
because_fault(enum fault fault)
{
	return (struct objection){.fault = fault};
}

static struct objection
because(enum refusal refusal)
{
	return (struct objection){.refusal = refusal};
}

/* The limits of a site may be tighter than those the connection was read with. */
static enum fault
check_site_limits(const struct site *site, const struct head *h)
{
	if (h->len > site->limits.head_max)
		return FAULT_HEAD_TOO_LARGE;
	if (h->field_count > site->limits.headers_max)
		return FAULT_TOO_MANY_FIELDS;
	return h->target.len > site->limits.target_max ? FAULT_TARGET_TOO_LONG : FAULT_NONE;
}

static enum fault
read_request(struct exchange *x, const struct head *h)
{
	struct request *r = &x->proxy->examined.request;
	enum fault fault = request_read_host(r, h, false, &x->arena);

	if (fault != FAULT_NONE)
		return fault;
	x->site = site_find(x->policy->table, r->host);
	if (!x->site)
		return FAULT_HOST_UNKNOWN;
	x->upstream = x->proxy->upstreams[x->site - x->policy->sites];
	fault = check_site_limits(x->site, h);
	if (fault != FAULT_NONE)
		return fault;
	return request_read(r, h, &x->site->options, &x->arena);
}

static void
remember(struct exchange *x)
{
	const struct request *r = &x->proxy->examined.request;

	/* Copied: the head's bytes are gone when the callback returns. */
	x->method = r->method;
	x->host = arena_copy(&x->arena, r->host);
	x->path = arena_copy(&x->arena, r->path);
	x->query = arena_copy(&x->arena, r->query);
	x->framing = r->framing;
	x->caller_is_old = r->minor == 0;
	x->has_request = true;
}

static enum refusal
identify(struct exchange *x, const struct head *h)
{
	struct identified *who = &x->proxy->examined.who;

	*who = identity_identify(x->policy->identity, &(struct identity_question){
		.head = h,
		.peer = x->peer,
		.identify = &x->site->identify,
		.memo = x->call ? http_call_memo(x->call) : NULL,
		.arena = &x->arena,
	});
	x->person = who->person;
	/* Those of tokens live as long as the policy, those of a header as long as its bytes. */
	if (who->person.source == IDENTITY_HEADER)
		x->person = person_copy(&who->person, &x->arena);
	if (who->as == IDENTIFIED_WRONG)
		return REFUSAL_IDENTITY_REQUIRED;
	if (who->as == IDENTIFIED_CONFLICT)
		return REFUSAL_IDENTITY_CONFLICT;
	if (who->as == IDENTIFIED_ANONYMOUS && x->site->callers == CALLERS_REQUIRED)
		return REFUSAL_IDENTITY_REQUIRED;
	return REFUSAL_NONE;
}

static void
judge(struct exchange *x)
{
	struct examined *e = &x->proxy->examined;

	ruleset_judge(x->site->rules, &(struct subject){
		.request = &e->request,
		.requester = &x->person,
		.source = address_host(x->peer),
		.now = x->started_at,
	}, &e->verdict);
	x->rule = e->verdict.rule;
	x->verdict = e->verdict.kind;
	x->is_judged = true;
}

struct objection
examine(struct exchange *x, const struct head *h)
{
	enum fault fault = read_request(x, h);
	enum refusal refusal;

	if (fault != FAULT_NONE)
		return because_fault(fault);
	remember(x);
	refusal = identify(x, h);
	if (refusal != REFUSAL_NONE)
		return because(refusal);
	x->is_status = span_starts(x->path, reply_status_prefix);
	if (x->is_status)
		return (struct objection){FAULT_NONE, REFUSAL_NONE};
	judge(x);
	if (x->proxy->examined.verdict.kind == VERDICT_DENY) {
		x->is_denied = !x->proxy->examined.verdict.wants_name;
		return because(x->is_denied ? REFUSAL_DENIED_BY_RULE : REFUSAL_IDENTITY_REQUIRED);
	}
	if (x->proxy->examined.verdict.kind == VERDICT_APPROVAL &&
	    x->site->callers == CALLERS_IDENTIFIED && !person_is_named(&x->person))
		return because(REFUSAL_IDENTITY_REQUIRED);
	return (struct objection){FAULT_NONE, REFUSAL_NONE};
}

bool
examine_is_identity(const void *ctx, const struct head *h, const struct field *f)
{
	const struct exchange *x = ctx;

	return identity_is_credential(x->policy->identity, &x->proxy->examined.who, h, f);
}

/* Fields that named the caller stay here, but Authorization goes on where the site says so. */
static bool
keep_field(const void *ctx, const struct head *h, const struct field *f)
{
	const struct exchange *x = ctx;

	if (!examine_is_identity(ctx, h, f))
		return true;
	return f->id == FIELD_AUTHORIZATION && !x->site->strips_authorization;
}

bool
examine_write(struct exchange *x, struct span ticket, uint64_t length)
{
	const struct request *r = &x->proxy->examined.request;
	struct own_field own[5];
	size_t count = 0;
	struct write_request w = {
		.request = r,
		.host = x->site->upstream_host,
		.own = own,
		.keep = keep_field,
		.keep_ctx = x,
		.body = r->framing.kind,
		.length = r->framing.length,
	};

	own[count++] = (struct own_field){SPAN("X-Forwarded-For"),
	                                address_host(x->peer)};
	own[count++] = (struct own_field){SPAN("X-Forwarded-Host"), r->host};
	own[count++] = (struct own_field){SPAN("X-Forwarded-Proto"), SPAN("http")};
	if (person_is_named(&x->person))
		own[count++] = (struct own_field){SPAN("Countersign-User"), x->person.user};
	if (x->gate) {
		own[count++] = (struct own_field){SPAN("Countersign-Ticket"), ticket};
		w.closes = true;
		if (r->framing.kind != BODY_NONE) {
			w.body = BODY_SIZED;
			w.length = length;
		}
	}
	w.own_count = count;
	buf_reset(&x->out);
	return write_request(&x->out, &w);
}
