/* A request that is not sent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/trial.h"

#include <string.h>

#include "proxy/prefer.h"
#include "proxy/refusal.h"
#include "proxy/reply.h"

enum { TRIAL_BYTES_MAX = 1 << 20 };

static void
end_with_fault(struct trial *t, enum fault fault)
{
	t->outcome = TRIAL_REFUSED;
	t->status = fault_status(fault);
	t->word = fault_word(fault);
	t->sentence = fault_text(fault);
}

static void
end_with_refusal(struct trial *t, enum refusal refusal)
{
	t->outcome = refusal == REFUSAL_DENIED_BY_RULE ? TRIAL_DENIED : TRIAL_REFUSED;
	t->status = refusal_status(refusal);
	t->word = refusal_word(refusal);
	t->sentence = refusal_title(refusal);
}

static enum fault
read_head(struct trial *t, const struct config *config)
{
	struct head_limits limits = limits_of_head(&config->limits);
	enum fault fault = FAULT_NONE;
	struct framing framing;

	for (size_t i = 0; i < config->site_count; i++)
		limits.may_be_utf8 |= config->sites[i].options.takes_utf8;
	head_reset(&t->head, HEAD_REQUEST);
	switch (head_read(&t->head, buf_span(&t->bytes), &limits, &fault)) {
	case PROGRESS_FAULT:
		return fault;
	case PROGRESS_MORE:
		return FAULT_HEAD_SHORT;
	case PROGRESS_DONE:
		break;
	}
	/* A line break in a value would have ended the head early. */
	if (t->head.len != t->bytes.len)
		return FAULT_LINE_END;
	return framing_of_request(&t->head, &framing);
}

static enum fault
check_limits(const struct trial *t)
{
	const struct limits *limits = &t->site->limits;

	if (t->head.len > limits->head_max)
		return FAULT_HEAD_TOO_LARGE;
	if (t->head.field_count > limits->headers_max)
		return FAULT_TOO_MANY_FIELDS;
	return t->head.target.len > limits->target_max ? FAULT_TARGET_TOO_LONG : FAULT_NONE;
}

static enum fault
take_body(struct trial *t, const struct trial_request *r)
{
	const struct framing *framing = &t->request.framing;

	t->body = r->body;
	if (framing->kind != BODY_SIZED || r->lacks_body)
		return FAULT_NONE;
	if (framing->length > r->body.len)
		return FAULT_BODY_SHORT;
	t->body.len = (size_t)framing->length;
	return FAULT_NONE;
}

static enum fault
read_request(struct trial *t, const struct config *config, const struct trial_request *r)
{
	enum fault fault = read_head(t, config);

	if (fault == FAULT_NONE)
		fault = request_read_host(&t->request, &t->head, false, &t->arena);
	if (fault != FAULT_NONE)
		return fault;
	t->site = site_find(config->site_table, t->request.host);
	if (!t->site)
		return FAULT_HOST_UNKNOWN;
	fault = check_limits(t);
	if (fault == FAULT_NONE)
		fault = request_read(&t->request, &t->head, &t->site->options, &t->arena);
	return fault == FAULT_NONE ? take_body(t, r) : fault;
}

static struct address
peer_of(const struct source *source)
{
	struct address peer = {.len = sizeof(peer.sa)};

	peer.sa.ss_family = source->is_unix ? AF_UNIX : AF_INET6;
	if (!source->is_unix)
		memcpy(&peer.sa.in6.sin6_addr, source->ip, sizeof(source->ip));
	return peer;
}

/* Who asks: as was said, or whom credentials among the fields name. */
static enum refusal
identify(struct trial *t, const struct config *config, const struct trial_request *r)
{
	struct address peer = peer_of(&r->source);

	t->requester = r->requester;
	t->who = identity_identify(config->identity, &(struct identity_question){
		.head = &t->head,
		.peer = &peer,
		.identify = &t->site->identify,
		.arena = &t->arena,
	});
	if (person_is_named(&t->requester))
		return REFUSAL_NONE;
	if (t->who.as == IDENTIFIED_WRONG)
		return REFUSAL_IDENTITY_REQUIRED;
	if (t->who.as == IDENTIFIED_CONFLICT)
		return REFUSAL_IDENTITY_CONFLICT;
	t->requester = t->who.person;
	if (t->site->callers == CALLERS_REQUIRED && !person_is_named(&t->requester))
		return REFUSAL_IDENTITY_REQUIRED;
	return REFUSAL_NONE;
}

static void
judge(struct trial *t, const struct trial_request *r)
{
	t->subject = (struct subject){
		.request = &t->request,
		.requester = &t->requester,
		.source = r->source,
		.now = r->now,
	};
	ruleset_judge(t->site->rules, &t->subject, &t->verdict);
	t->lacks_body = r->lacks_body && t->verdict.needs_body == BODY_NEED_RULES;
	if (t->verdict.needs_body != BODY_NEED_NONE && !r->lacks_body) {
		if (t->body.len > t->site->limits.inspected_body_max)
			body_facts_fault(&t->body_facts, FAULT_BODY_TOO_LARGE);
		else
			body_facts_read(&t->body_facts, ruleset_pointers(t->site->rules),
			                &t->request, t->body, &t->arena);
		t->subject.body = &t->body_facts;
		ruleset_judge(t->site->rules, &t->subject, &t->verdict);
	}
	t->is_judged = true;
	t->rule = t->verdict.rule;
}

static bool
lacks_name(const struct trial *t)
{
	return t->site->callers == CALLERS_IDENTIFIED && !person_is_named(&t->requester);
}

static bool
is_identity(const void *ctx, const struct head *h, const struct field *f)
{
	const struct trial *t = ctx;

	return identity_is_credential(t->config->identity, &t->who, h, f);
}

/* Credentials in it are digests under no secret: nobody can join an approval by them. */
static enum fault
bind_request(struct trial *t)
{
	const struct requirement *req = &t->verdict.requirement;
	char source[NETWORK_TEXT];
	struct bindable b = {
		.namespace = t->config->store.namespace,
		.site = t->site->name,
		.rule = rule_name(t->verdict.rule),
		.effect = &req->effect,
		.requester = &t->requester,
		.request = &t->request,
		.bind = &req->bind,
		.upstream_host = t->site->upstream_host,
		.body = t->body,
		.inspected_body_max = t->site->limits.inspected_body_max,
		.is_identity = is_identity,
		.ctx = t,
	};

	source_text(&t->subject.source, source);
	b.anonymous_source = arena_copy(&t->arena, span_cstr(source));
	return bound_read(&t->bound, &b, &t->arena);
}

static void
end_with_approval(struct trial *t)
{
	enum fault fault;

	const struct requirement *req = &t->verdict.requirement;
	struct prefer prefer = prefer_read(&t->head);

	if (lacks_name(t)) {
		end_with_refusal(t, REFUSAL_IDENTITY_REQUIRED);
		return;
	}
	if (!requirement_reason_matches(req, head_value(&t->head, FIELD_COUNTERSIGN_REASON))) {
		end_with_refusal(t, REFUSAL_REASON_REQUIRED);
		return;
	}
	fault = t->body.len > t->site->limits.held_body_max ? FAULT_BODY_TOO_LARGE
	                                                    : bind_request(t);
	if (fault != FAULT_NONE) {
		end_with_fault(t, fault);
		return;
	}
	t->outcome = TRIAL_WAITS;
	if (!req->rejects && !prefer.is_async && !(prefer.has_wait && prefer.wait_s == 0))
		return;
	t->status = prefer.is_async ? 202 : req->pending_status;
	t->word = refusal_word(REFUSAL_APPROVAL_PENDING);
}

static void
end_with_verdict(struct trial *t)
{
	switch (t->verdict.kind) {
	case VERDICT_ALLOW:
		t->outcome = TRIAL_ALLOWED;
		break;
	case VERDICT_DENY:
		end_with_refusal(t, t->verdict.wants_name ? REFUSAL_IDENTITY_REQUIRED
		                                          : REFUSAL_DENIED_BY_RULE);
		break;
	case VERDICT_APPROVAL:
		end_with_approval(t);
		break;
	}
}

/* What rules say that are observed. */
static struct trial_would
would_of_rules(const struct verdict *v)
{
	bool is_unread = v->would_fault != FAULT_NONE;
	const char *word = is_unread ? fault_word(v->would_fault) : NULL;

	if (v->would_rule)
		return (struct trial_would){v->would, v->would_rule, word};
	return (struct trial_would){is_unread ? VERDICT_DENY : VERDICT_ALLOW, NULL, word};
}

/* What the rules of a site say that is observed. */
static struct trial_would
would_of_site(const struct trial *t)
{
	const struct verdict *v = &t->verdict;
	struct trial_would would = {v->kind, v->rule, NULL};

	if (v->fault != FAULT_NONE)
		return (struct trial_would){VERDICT_DENY, v->rule, fault_word(v->fault)};
	if (v->kind == VERDICT_ALLOW)
		return would_of_rules(v);
	if (v->kind == VERDICT_DENY ? v->wants_name : lacks_name(t))
		would = (struct trial_would){VERDICT_DENY, v->rule,
		                             refusal_word(REFUSAL_IDENTITY_REQUIRED)};
	return would;
}

static void
end(struct trial *t)
{
	if (t->site->observes) {
		t->would = would_of_site(t);
		t->rule = t->verdict.kind == VERDICT_ALLOW ? t->verdict.rule : NULL;
		t->outcome = TRIAL_ALLOWED;
		return;
	}
	if (t->verdict.fault != FAULT_NONE)
		end_with_fault(t, t->verdict.fault);
	else
		end_with_verdict(t);
	if (t->outcome == TRIAL_ALLOWED || t->outcome == TRIAL_WAITS)
		t->would = would_of_rules(&t->verdict);
}

static void
run(struct trial *t, const struct config *config, const struct trial_request *r)
{
	enum fault fault;
	enum refusal refusal;

	trial_write_head(&t->bytes, config, r);
	fault = t->bytes.is_over ? FAULT_HEAD_TOO_LARGE : read_request(t, config, r);
	if (fault != FAULT_NONE) {
		end_with_fault(t, fault);
		return;
	}
	refusal = identify(t, config, r);
	if (refusal != REFUSAL_NONE) {
		end_with_refusal(t, refusal);
		return;
	}
	if (span_starts(t->request.path, reply_status_prefix)) {
		t->outcome = TRIAL_STATUS;
		t->sentence = "Tells how an approval stands: no rule is asked.";
		return;
	}
	judge(t, r);
	end(t);
}

void
trial_run(struct trial *t, const struct config *config, const struct trial_request *r)
{
	*t = (struct trial){.config = config, .bytes = BUF_INIT(TRIAL_BYTES_MAX)};
	run(t, config, r);
	/* JSON-RPC carries its errors in answers that are well. */
	if (t->status && t->site && t->site->error_format == ERRORS_JSONRPC)
		t->status = 200;
}

void
trial_clear(struct trial *t)
{
	arena_clear(&t->arena);
	buf_clear(&t->bytes);
}

const char *
trial_outcome_name(enum trial_outcome outcome)
{
	static const char *const names[] = {
		[TRIAL_ALLOWED] = "allow",
		[TRIAL_DENIED] = "deny",
		[TRIAL_WAITS] = "approval",
		[TRIAL_REFUSED] = "refuse",
		[TRIAL_STATUS] = "status",
	};

	return names[outcome];
}
