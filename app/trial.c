/* A request that is not sent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/trial.h"

#include <string.h>

#include "proxy/refusal.h"

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
}

/* Cuts a URL into its authority and what is asked of it. */
static struct span
cut_authority(struct span url, struct span *ret_host)
{
	struct span rest = url;

	*ret_host = SPAN_NONE;
	if (span_starts(url, SPAN("http://")))
		rest = span_from(url, 7);
	else if (span_starts(url, SPAN("https://")))
		rest = span_from(url, 8);
	else
		return url;
	for (size_t i = 0; i < rest.len; i++) {
		if (!strchr("/?#", rest.ptr[i]))
			continue;
		*ret_host = span_of(rest.ptr, i);
		return span_from(rest, i);
	}
	*ret_host = rest;
	return SPAN("/");
}

/* Where a request goes that names no host. */
static struct span
own_host(const struct config *config)
{
	for (size_t i = 0; i < config->site_count; i++) {
		const struct site *site = &config->sites[i];

		if (site->host_count && site->hosts[0].len &&
		    !span_starts(site->hosts[0], SPAN("*.")))
			return site->hosts[0];
	}
	return SPAN("localhost");
}

static void
write_head(struct trial *t, const struct config *config, const struct trial_request *r)
{
	struct span host, target = cut_authority(r->url, &host);

	if (r->host.len)
		host = r->host;
	if (host.len == 0)
		host = own_host(config);
	buf_addf(&t->bytes, "%.*s %.*s HTTP/1.1\r\nHost: %.*s\r\n", SPAN_ARG(r->method),
	         SPAN_ARG(target), SPAN_ARG(host));
	for (size_t i = 0; i < r->field_count; i++)
		buf_addf(&t->bytes, "%.*s: %.*s\r\n", SPAN_ARG(r->fields[i].name),
		         SPAN_ARG(r->fields[i].value));
	if (r->has_body)
		buf_addf(&t->bytes, "Content-Length: %zu\r\n", r->body.len);
	buf_addf(&t->bytes, "\r\n");
}

static enum fault
read_head(struct trial *t, const struct config *config)
{
	struct head_limits limits = limits_of_head(&config->limits);
	enum fault fault = FAULT_NONE;

	limits.may_be_utf8 = true;
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
	return t->head.len == t->bytes.len ? FAULT_NONE : FAULT_LINE_END;
}

static enum fault
read_request(struct trial *t, const struct config *config)
{
	enum fault fault = read_head(t, config);

	if (fault == FAULT_NONE)
		fault = request_read_host(&t->request, &t->head, false, &t->arena);
	if (fault != FAULT_NONE)
		return fault;
	t->site = site_find(config->site_table, t->request.host);
	if (!t->site)
		return FAULT_HOST_UNKNOWN;
	return request_read(&t->request, &t->head, &t->site->options, &t->arena);
}

static void
judge(struct trial *t, const struct trial_request *r)
{
	t->subject = (struct subject){
		.request = &t->request,
		.requester = &r->requester,
		.source = r->source,
		.now = r->now,
	};
	ruleset_judge(t->site->rules, &t->subject, &t->verdict);
	t->lacks_body = r->lacks_body && t->verdict.needs_body == BODY_NEED_RULES;
	if (t->verdict.needs_body != BODY_NEED_NONE && !r->lacks_body) {
		if (r->body.len > t->site->limits.inspected_body_max)
			body_facts_fault(&t->body, FAULT_BODY_TOO_LARGE);
		else
			body_facts_read(&t->body, ruleset_pointers(t->site->rules),
			                &t->request, r->body, &t->arena);
		t->subject.body = &t->body;
		ruleset_judge(t->site->rules, &t->subject, &t->verdict);
	}
	t->is_judged = true;
}

static void
end_with_verdict(struct trial *t, const struct trial_request *r)
{
	const struct requirement *req = &t->verdict.requirement;
	bool needs_name = t->site->callers == CALLERS_IDENTIFIED;
	struct span reason = head_value(&t->head, FIELD_COUNTERSIGN_REASON);

	switch (t->verdict.kind) {
	case VERDICT_ALLOW:
		t->outcome = TRIAL_ALLOWED;
		break;
	case VERDICT_DENY:
		end_with_refusal(t, t->verdict.wants_name ? REFUSAL_IDENTITY_REQUIRED
		                                          : REFUSAL_DENIED_BY_RULE);
		break;
	case VERDICT_APPROVAL:
		t->outcome = TRIAL_WAITS;
		if (needs_name && !person_is_named(&r->requester))
			end_with_refusal(t, REFUSAL_IDENTITY_REQUIRED);
		else if (!requirement_reason_matches(req, reason))
			end_with_refusal(t, REFUSAL_REASON_REQUIRED);
		break;
	}
}

void
trial_run(struct trial *t, const struct config *config, const struct trial_request *r)
{
	enum fault fault;

	*t = (struct trial){.bytes = BUF_INIT(TRIAL_BYTES_MAX)};
	write_head(t, config, r);
	fault = t->bytes.is_over ? FAULT_HEAD_TOO_LARGE : read_request(t, config);
	if (fault != FAULT_NONE) {
		end_with_fault(t, fault);
		return;
	}
	if (t->site->callers == CALLERS_REQUIRED && !person_is_named(&r->requester)) {
		end_with_refusal(t, REFUSAL_IDENTITY_REQUIRED);
		return;
	}
	judge(t, r);
	if (t->verdict.fault != FAULT_NONE)
		end_with_fault(t, t->verdict.fault);
	else
		end_with_verdict(t, r);
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
	};

	return names[outcome];
}
