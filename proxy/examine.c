/* From a head to what is judged. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/examine.h"

#include "proxy/problem.h"
#include "proxy/reply.h"
#include "rules/body.h"

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

void
examine_refuse(struct exchange *x, struct objection no)
{
	if (no.fault != FAULT_NONE)
		exchange_refuse_fault(x, no.fault);
	else
		exchange_refuse(x, no.refusal);
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
	x->upstream = x->regime->upstreams[x->site - x->policy->sites];
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

struct objection
examine_head(struct exchange *x, const struct head *h)
{
	enum fault fault = read_request(x, h);
	enum refusal refusal;

	if (fault != FAULT_NONE)
		return because_fault(fault);
	remember(x);
	refusal = identify(x, h);
	x->is_status = refusal == REFUSAL_NONE && span_starts(x->path, reply_status_prefix);
	return because(refusal);
}

/* What stands against it by the verdict; on a site that observes, nothing. */
static struct objection
object(struct exchange *x)
{
	const struct examined *e = &x->proxy->examined;
	const struct verdict *v = &e->verdict;

	if (x->site->observes)
		return because(REFUSAL_NONE);
	if (v->fault != FAULT_NONE)
		return because_fault(v->fault);
	if (v->needs_body == BODY_NEED_RULES)
		return because(REFUSAL_NONE);
	if (v->kind == VERDICT_DENY) {
		x->is_denied = !v->wants_name;
		return because(x->is_denied ? REFUSAL_DENIED_BY_RULE : REFUSAL_IDENTITY_REQUIRED);
	}
	if (v->kind != VERDICT_APPROVAL)
		return because(REFUSAL_NONE);
	if (examine_lacks_name(x))
		return because(REFUSAL_IDENTITY_REQUIRED);
	if (!requirement_reason_matches(&v->requirement, head_value(e->request.head,
	                                                            FIELD_COUNTERSIGN_REASON)))
		return because(REFUSAL_REASON_REQUIRED);
	return because(REFUSAL_NONE);
}

bool
examine_lacks_name(const struct exchange *x)
{
	return x->site->callers == CALLERS_IDENTIFIED && !person_is_named(&x->person);
}

static struct objection
judge(struct exchange *x, const struct body_facts *body)
{
	struct examined *e = &x->proxy->examined;
	struct verdict *v = &e->verdict;

	ruleset_judge(x->site->rules, &(struct subject){
		.request = &e->request,
		.requester = &x->person,
		.source = address_source(x->peer),
		.now = x->started_at,
		.body = body,
	}, v);
	x->rule = v->rule;
	x->verdict = v->kind;
	x->is_judged = v->needs_body != BODY_NEED_RULES && v->fault == FAULT_NONE;
	if (x->site->observes && v->kind != VERDICT_ALLOW) {
		x->rule = NULL;
		x->verdict = VERDICT_ALLOW;
	}
	return object(x);
}

struct objection
examine_rules(struct exchange *x)
{
	return judge(x, NULL);
}

struct objection
examine_body(struct exchange *x, struct span body)
{
	struct examined *e = &x->proxy->examined;

	if (body.len > x->site->limits.inspected_body_max)
		return examine_unread(x, FAULT_BODY_TOO_LARGE);
	arena_reset(&x->proxy->body_arena);
	body_facts_read(&e->facts, ruleset_pointers(x->site->rules), &e->request, body,
	                &x->proxy->body_arena);
	x->is_inspected = true;
	return judge(x, &e->facts);
}

struct objection
examine_unread(struct exchange *x, enum fault fault)
{
	struct examined *e = &x->proxy->examined;

	body_facts_fault(&e->facts, fault);
	return judge(x, &e->facts);
}

void
examine_rpc_id(struct exchange *x, struct span body)
{
	struct proxy *p = x->proxy;

	if (!x->site || x->site->error_format != ERRORS_JSONRPC || body.len == 0)
		return;
	arena_reset(&p->body_arena);
	x->rpc_id = arena_copy(&x->arena, problem_rpc_id(body, p->rpc_id, &p->body_arena));
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
	own[count++] = (struct own_field){SPAN("X-Forwarded-Host"),
	                                request_authority(r, &x->arena)};
	own[count++] = (struct own_field){SPAN("X-Forwarded-Proto"), SPAN("http")};
	if (person_is_named(&x->person))
		own[count++] = (struct own_field){SPAN("Countersign-User"), x->person.user};
	if (x->gate) {
		own[count++] = (struct own_field){SPAN("Countersign-Ticket"), ticket};
		w.closes = true;
	}
	if ((x->gate || x->is_inspected) && r->framing.kind != BODY_NONE) {
		w.body = BODY_SIZED;
		w.length = length;
	}
	w.own_count = count;
	buf_reset(&x->out);
	return write_request(&x->out, &w);
}
