/* What the store puts in the audit trail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/store_record.h"
#include "audit/record.h"
#include "lib/base/log.h"
#include "lib/http/authority.h"

static struct emit *
begin(struct store *s, enum record_code code, struct wall now)
{
	struct emit *e = record_begin(s->ring, code, now);

	if (!e)
		log_error("audit.lost", "a record %s found no room in the trail",
		          record_event(code));
	return e;
}

static void
add_approval(struct store *s, const struct stored *stored, const char *state)
{
	const struct signed_request *r = &stored->request;
	char code[CODE_TEXT];

	binding_code(&r->binding, code);
	record_approval(s->ring, &(struct record_approval){
		.id = span_cstr(r->id),
		.state = state,
		.binding = &r->binding,
		.code = span_cstr(code),
		.have = stored->tally.have,
		.need = stored->tally.need,
		.uses = r->requirement.uses,
		.expires = r->expires_at,
	});
	record_site(s->ring, r->site);
	record_rule(s->ring, r->rule, &r->requirement.effect);
}

static void
add_requester(struct store *s, const struct stored *stored)
{
	const struct signed_request *r = &stored->request;
	struct span auth = SPAN_NONE;
	char word[32] = "";

	if (sealed_get_string(json_object_get(r->doc, "requester"), "auth", &auth) &&
	    auth.len < sizeof(word))
		memcpy(word, auth.ptr, auth.len);
	record_actor(s->ring, &(struct record_person){.id = r->requester.user,
	                                              .groups = r->requester.groups,
	                                              .group_count = r->requester.group_count,
	                                              .auth = word,
	                                              .is_unnamed = !person_is_named(
							      &r->requester)});
	record_source(s->ring, r->source, 0);
}

static struct record_person
person_of(const struct person *p)
{
	return (struct record_person){.id = p->user,
	                              .groups = p->groups,
	                              .group_count = p->group_count,
	                              .auth = identity_source_name(p->source),
	                              .is_unnamed = !person_is_named(p)};
}

/* `what.host` is the upstream's; the trail names what the caller has called. */
static void
add_hosts(struct store *s, const struct stored *stored, struct record_request *what,
          struct arena *arena)
{
	struct span upstream = what->host, named;
	struct authority caller;

	if (sealed_get_text(stored->request.doc, "caller_host", arena, &named) &&
	    authority_read(named, false, arena, &caller))
		what->host = caller.host;
	record_destination(s->ring, upstream, what->host);
}

static void
add_call(struct store *s, const struct stored *stored)
{
	const json_t *request = json_object_get(stored->request.doc, "request");
	struct arena arena = {0};
	struct record_request what = {0};
	struct digest body;

	if (sealed_get_text(request, "method", &arena, &what.method) &&
	    sealed_get_text(request, "host", &arena, &what.host) &&
	    sealed_get_text(request, "path", &arena, &what.path)) {
		/* Where only some of its values are signed, the whole is not in the request. */
		if (sealed_get_u64(request, "body_bytes", &what.bytes) &&
		    sealed_get_digest(request, "body_sha256", &body))
			what.body = &body;
		/* Without one the member is null, and the query stays empty. */
		if (!sealed_get_text(request, "query", &arena, &what.query))
			what.query = SPAN_NONE;
		add_hosts(s, stored, &what, &arena);
		record_request(s->ring, &what);
	}
	arena_clear(&arena);
}

void
store_record_joined(struct store *s, const struct stored *stored, const struct joiner *joiner)
{
	struct record_person person = person_of(joiner->person);
	struct wall now = clock_wall();

	if (!begin(s, RECORD_APPROVAL_JOINED, now))
		return;
	add_approval(s, stored, approval_state_name(stored_state(stored, now)));
	record_actor(s->ring, &person);
	record_source(s->ring, joiner->source, 0);
	add_call(s, stored);
	record_reason(s->ring, joiner->reason);
	record_end(s->ring);
}

bool
store_record_id(struct store *s, enum record_code code, const char *id, const char *claim,
                const char *why)
{
	struct emit *e = begin(s, code, clock_wall());

	if (!e)
		return false;
	if (claim)
		record_identify(s->ring, code, span_cstr(id), span_cstr(claim));
	record_approval(s->ring, &(struct record_approval){.id = span_cstr(id),
	                                                   .claim = span_cstr(claim)});
	if (why)
		emit_member_cstr(e, "why", why);
	record_end(s->ring);
	return true;
}

bool
store_record_transition(struct store *s, const struct transition *t, const struct stored *stored)
{
	struct emit *e = begin(s, t->code, t->at);

	if (!e)
		return false;
	record_identify(s->ring, t->code, span_cstr(t->id), SPAN_NONE);
	if (stored) {
		add_approval(s, stored, t->state);
		add_requester(s, stored);
		add_call(s, stored);
		record_reason(s->ring, stored->request.reason);
	} else {
		record_approval(s->ring, &(struct record_approval){.id = span_cstr(t->id),
		                                                   .state = t->state});
	}
	if (t->why)
		emit_member_cstr(e, "why", t->why);
	record_end(s->ring);
	return true;
}

void
store_record_store(struct store *s, enum record_code code, const char *why)
{
	struct emit *e = begin(s, code, clock_wall());

	if (!e)
		return;
	if (why)
		emit_member_cstr(e, "why", why);
	record_end(s->ring);
}

static void
add_approver(struct store *s, const struct decision *decision)
{
	struct record_person person = person_of(decision->by);

	person.source = decision->source;
	record_approver(s->ring, &person);
}

/* A person decides once on an approval: two lines of it, of two processes that were asked at
 * once, are one decision. */
static void
identify_decision(struct store *s, enum record_code code, const struct stored *stored,
                  struct span user)
{
	struct buf who = BUF_INIT(64 * 1024);

	/* As quorum_is_same_person() compares. */
	for (size_t i = 0; i < user.len; i++)
		buf_addc(&who, ascii_lower(user.ptr[i]));
	record_identify(s->ring, code, span_cstr(stored->request.id), buf_span(&who));
	buf_clear(&who);
}

bool
store_record_decision(struct store *s, const struct stored *stored,
                      const struct decided *decided, durable_fn *fn, void *owner)
{
	const struct decision *decision = decided->decision;
	enum record_code code =
		decision->approves ? RECORD_DECISION_APPROVED : RECORD_DECISION_DENIED;

	if (!begin(s, code, decided->now))
		return false;
	identify_decision(s, code, stored, decision->by->user);
	add_approval(s, stored, approval_state_name(stored_state(stored, decided->now)));
	add_approver(s, decision);
	add_requester(s, stored);
	add_call(s, stored);
	record_reason(s->ring, decision->reason);
	record_end_durable(s->ring, fn, owner);
	return true;
}

void
store_record_refused(struct store *s, const struct stored *stored,
                     const struct decision *decision, const struct decide_no *no)
{
	struct wall now = clock_wall();
	struct emit *e = begin(s, RECORD_DECISION_REFUSED, now);

	if (!e)
		return;
	record_severity(s->ring, no->severity);
	add_approval(s, stored, approval_state_name(stored_state(stored, now)));
	add_approver(s, decision);
	emit_member_cstr(e, "decision", decision->approves ? "approve" : "deny");
	emit_member_cstr(e, "why", no->why);
	record_end(s->ring);
}
