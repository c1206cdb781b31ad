/* What the caller's door puts in the audit trail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/trail.h"

#include "audit/record.h"
#include "lib/base/log.h"
#include "proxy/examine.h"
#include "proxy/gated.h"

bool
trail_is_open(const struct exchange *x)
{
	return audit_is_well(x->proxy->audit);
}

static void
record_caller(struct exchange *x, struct audit_ring *ring)
{
	const struct person *p = &x->person;

	if (x->has_request)
		record_actor(ring, &(struct record_person){
			.id = p->user, .groups = p->groups, .group_count = p->group_count,
			.auth = identity_source_name(p->source),
			.is_unnamed = x->gate && !person_is_named(p)});
	record_source(ring, address_host(x->peer), address_port(x->peer));
}

static void
record_what(struct exchange *x, const struct rule *rule, struct audit_ring *ring)
{
	struct record_request r = {
		.method = span_cstr(method_name(x->method)),
		.host = x->host,
		.path = x->path,
		.query = x->query,
		.bytes = x->body_bytes,
		.body = x->gate && x->gate->has_bound ? &x->gate->body_digest : NULL,
	};

	if (x->site)
		record_site(ring, x->site->name);
	if (rule)
		record_rule(ring, rule_name(rule),
		            x->gate && x->gate->has_bound ? &x->gate->effect : NULL);
	if (x->site)
		record_destination(ring, x->site->upstream_host, x->host);
	if (x->has_request)
		record_request(ring, &r);
}

static const char *const verdict_words[] = {
	[VERDICT_ALLOW] = "allow",
	[VERDICT_DENY] = "deny",
	[VERDICT_APPROVAL] = "approval",
};

static enum record_code
code_of(const struct exchange *x, enum ending ending)
{
	if (x->is_denied)
		return RECORD_REQUEST_DENIED;
	if (ending == ENDING_WHOLE)
		return RECORD_REQUEST_ALLOWED;
	/* Nothing failed where nothing was sent. */
	if (ending == ENDING_REFUSED || (ending == ENDING_CALLER_GONE && x->sent.us == 0))
		return RECORD_REQUEST_REFUSED;
	return RECORD_REQUEST_FAILED;
}

void
trail_request(struct exchange *x, enum ending ending)
{
	struct audit_ring *ring = x->proxy->ring;
	struct emit *e = record_begin(ring, code_of(x, ending), clock_wall());

	x->is_recorded = true;
	if (!e) {
		proxy_count(x->proxy, COUNT_LINES_LOST);
		return;
	}
	record_caller(x, ring);
	record_what(x, x->rule, ring);
	if (x->is_judged)
		record_verdict(ring, verdict_words[x->verdict]);
	if (x->status)
		record_response(ring, (unsigned)x->status, x->answer_bytes,
		                clock_mono().us - x->started.us);
	if (x->gate && x->gate->view.id[0])
		record_approval(ring, &(struct record_approval){
			.id = span_cstr(x->gate->view.id),
			.state = approval_state_name(x->gate->view.state),
			.code = span_cstr(x->gate->view.code),
		});
	if (x->word)
		emit_member_cstr(e, "why", x->word);
	if (ending_word(ending))
		emit_member_cstr(e, "ending", ending_word(ending));
	record_end(ring);
}

/* What rules would have done that may only watch. */
struct would {
	enum verdict_kind kind; /* VERDICT_ALLOW: nothing */
	const struct rule *rule;
	enum fault fault;
	const struct requirement *requirement; /* VERDICT_APPROVAL */
	const char *word;
};

/* On a site that observes the verdict itself, else what the verdict has beside. */
static struct would
would_of(const struct exchange *x)
{
	const struct verdict *v = &x->proxy->examined.verdict;
	struct would w = {.kind = VERDICT_ALLOW};

	if (x->site->observes && v->fault != FAULT_NONE)
		return (struct would){.kind = VERDICT_DENY, .rule = v->rule, .fault = v->fault};
	if (x->site->observes && v->kind != VERDICT_ALLOW) {
		w = (struct would){.kind = v->kind, .rule = v->rule,
		                   .requirement = &v->requirement};
		if (v->kind == VERDICT_DENY ? v->wants_name : examine_lacks_name(x)) {
			w.kind = VERDICT_DENY;
			w.word = refusal_word(REFUSAL_IDENTITY_REQUIRED);
		}
		return w;
	}
	w.fault = v->would_fault;
	if (v->would_rule) {
		w.kind = v->would;
		w.rule = v->would_rule;
		w.requirement = rule_requirement(v->would_rule);
	} else if (v->would_fault != FAULT_NONE) {
		w.kind = VERDICT_DENY;
	}
	return w;
}

static void
record_would(const struct would *w, struct emit *e)
{
	const struct requirement *r = w->requirement;

	if (w->fault != FAULT_NONE)
		emit_member_cstr(e, "fault", fault_word(w->fault));
	if (w->word)
		emit_member_cstr(e, "why", w->word);
	if (w->kind != VERDICT_APPROVAL || !r)
		return;
	emit_key(e, "would");
	emit_object(e);
	emit_member_cstr(e, "mode", r->rejects ? "reject" : "hold");
	emit_key(e, "from");
	emit_array(e);
	for (size_t i = 0; i < r->need_count; i++) {
		emit_object(e);
		emit_member(e, "group", r->needs[i].group);
		emit_member_u64(e, "count", r->needs[i].count);
		emit_object_end(e);
	}
	emit_array_end(e);
	emit_object_end(e);
}

void
trail_would(struct exchange *x)
{
	struct audit_ring *ring = x->proxy->ring;
	struct would w = would_of(x);
	bool holds = w.kind == VERDICT_APPROVAL;
	struct emit *e;

	if (w.kind == VERDICT_ALLOW)
		return;
	proxy_count(x->proxy, holds ? COUNT_WOULD_HOLD : COUNT_WOULD_DENY);
	e = record_begin(ring, holds ? RECORD_WOULD_HOLD : RECORD_WOULD_DENY, clock_wall());
	if (!e) {
		proxy_count(x->proxy, COUNT_LINES_LOST);
		return;
	}
	record_caller(x, ring);
	record_what(x, w.rule, ring);
	record_verdict(ring, verdict_words[w.kind]);
	record_would(&w, e);
	record_end(ring);
}

void
trail_started(struct exchange *x)
{
	struct audit_ring *ring = x->proxy->ring;

	x->was_started = true;
	if (!record_begin(ring, RECORD_REQUEST_STARTED, clock_wall()))
		return;
	record_caller(x, ring);
	record_what(x, x->rule, ring);
	record_end(ring);
}

/* False: there is no room. */
static bool
begin_approval(struct exchange *x, enum record_code code, const char *word)
{
	struct audit_ring *ring = x->proxy->ring;
	struct gated *g = x->gate;
	struct emit *e = record_begin(ring, code, clock_wall());

	if (!e)
		return false;
	if (g->claim[0])
		record_identify(ring, code, span_cstr(g->view.id), span_cstr(g->claim));
	record_approval(ring, &(struct record_approval){
		.id = span_cstr(g->view.id),
		.state = approval_state_name(g->view.state),
		.binding = &g->binding,
		.code = span_cstr(g->view.code),
		.claim = span_cstr(g->claim),
		.have = g->view.have,
		.need = g->view.need,
		.uses = g->uses,
	});
	record_caller(x, ring);
	record_what(x, x->rule, ring);
	if (x->status)
		record_response(ring, (unsigned)x->status, x->answer_bytes,
		                clock_mono().us - x->started.us);
	if (word)
		emit_member_cstr(e, "why", word);
	return true;
}

void
trail_approval(struct exchange *x, enum record_code code, const char *word)
{
	if (begin_approval(x, code, word))
		record_end(x->proxy->ring);
	else
		log_error("audit.lost", "the record %s of approval %s found no room in the trail",
		          record_event(code), x->gate->view.id);
}

bool
trail_approval_durable(struct exchange *x, enum record_code code, const char *word,
                       durable_fn *fn)
{
	if (!begin_approval(x, code, word))
		return false;
	record_end_durable(x->proxy->ring, fn, x);
	return true;
}
