/* What Redis says of one approval, checked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/stored.h"

#include <stdlib.h>

#include "lib/base/memory.h"

/* Places in what record() of prelude.lua gives. */
enum { AT_ID, AT_STATE, AT_USES, AT_VOTES, AT_REVIEW, AT_REQUEST, AT_FIRST_VOTE };

static const char *
read_request(struct stored *s, const struct stored_check *check)
{
	if (!signed_request_open(&s->request, s->sealed, check->keys))
		return "request-not-signed";
	if (!span_eq(s->request.namespace, check->namespace))
		return "other-namespace";
	if (check->id.len && !span_eq(check->id, span_cstr(s->request.id)))
		return "other-id";
	s->is_of_epoch = span_eq(s->request.epoch, check->epoch);
	s->facts.created_at = s->request.created_at;
	s->facts.expires_at = s->request.expires_at;
	return NULL;
}

static const char *
read_votes(struct stored *s, const struct resp *record, const struct stored_check *check)
{
	struct vote votes[VOTES_MAX];
	size_t count = resp_count(record) - AT_FIRST_VOTE;
	struct wall until = {INT64_MAX};

	if (count > VOTES_MAX)
		return "too-many-decisions";
	for (size_t i = 0; i < count; i++) {
		struct signed_decision *d = &s->votes[i];

		s->vote_bytes[i] = resp_text(resp_at(record, AT_FIRST_VOTE + i));
		s->vote_count = i + 1;
		if (!signed_decision_open(d, s->vote_bytes[i], &s->request, check->keys))
			return "decision-not-signed";
		votes[i] = d->vote;
		if (d->vote.approves && d->expires_at.us < until.us)
			until = d->expires_at;
	}
	s->tally = quorum_tally(&s->request.requirement, s->request.requester.user, votes, count);
	s->facts.is_denied = s->tally.is_denied;
	s->facts.is_met = s->tally.is_met;
	s->facts.valid_until = until;
	return NULL;
}

/* What is not signed may only take away, and must be what the signed parts lead to. */
static const char *
read_unsigned(struct stored *s, const struct resp *record)
{
	uint64_t votes;
	enum approval_state *state = &s->facts.stored;

	if (!approval_state_read(resp_text(resp_at(record, AT_STATE)), state) ||
	    !span_to_u64(resp_text(resp_at(record, AT_USES)), INT64_MAX, &s->facts.uses_left) ||
	    !span_to_u64(resp_text(resp_at(record, AT_VOTES)), VOTES_MAX, &votes))
		return "not-readable";
	s->has_review = !span_eq(resp_text(resp_at(record, AT_REVIEW)), SPAN("0"));
	if (votes != s->vote_count)
		return "decisions-missing";
	if (s->facts.uses_left > s->request.requirement.uses)
		return "uses-added";
	if (s->facts.is_denied != (*state == APPROVAL_DENIED))
		return "state-not-decided";
	if ((*state == APPROVAL_APPROVED || *state == APPROVAL_SPENT) && !s->facts.is_met)
		return "state-not-decided";
	if (*state == APPROVAL_PENDING && s->facts.is_met)
		return "state-put-back";
	return NULL;
}

struct stored *
stored_read(const struct resp *record, const struct stored_check *check, const char **ret_fault)
{
	struct stored *s = memory_new(sizeof(*s));
	const char *fault = "not-readable";

	s->sealed = resp_text(resp_at(record, AT_REQUEST));
	if (resp_count(record) >= AT_FIRST_VOTE)
		fault = read_request(s, check);
	if (!fault)
		fault = read_votes(s, record, check);
	if (!fault)
		fault = read_unsigned(s, record);
	if (!fault)
		return s;
	stored_free(s);
	*ret_fault = fault;
	return NULL;
}

struct stored *
stored_opened(struct span sealed, const struct stored_check *check)
{
	struct stored *s = memory_new(sizeof(*s));

	s->sealed = sealed;
	if (read_request(s, check)) {
		stored_free(s);
		return NULL;
	}
	s->facts.uses_left = s->request.requirement.uses;
	s->tally = quorum_tally(&s->request.requirement, SPAN_NONE, NULL, 0);
	return s;
}

void
stored_free(struct stored *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->vote_count; i++)
		signed_decision_clear(&s->votes[i]);
	signed_request_clear(&s->request);
	free(s);
}

bool
stored_meets(const struct stored *s, const struct requirement *requirement)
{
	struct vote votes[VOTES_MAX];
	struct tally tally;

	for (size_t i = 0; i < s->vote_count; i++)
		votes[i] = s->votes[i].vote;
	tally = quorum_tally(requirement, s->request.requester.user, votes, s->vote_count);
	return tally.is_met && s->request.requirement.uses <= requirement->uses;
}

bool
stored_is_of(const struct stored *s, struct span user, struct span secret)
{
	const struct signed_request *r = &s->request;
	struct digest given = digest_of(secret);

	if (person_is_named(&r->requester))
		return user.len && span_eq(r->requester.user, user);
	return r->has_secret && digest_eq(&given, &r->secret);
}

bool
stored_is_contradicted(const struct stored *s)
{
	const struct approval_facts *f = &s->facts;
	uint64_t uses = s->request.requirement.uses;

	if (!f->is_denied && s->known.has_no)
		return true;
	return s->known.uses > uses || f->uses_left > uses - s->known.uses;
}

enum approval_state
stored_state(const struct stored *s, struct wall now)
{
	enum approval_state state = approval_now(&s->facts, now);

	if (!s->is_of_epoch && (state == APPROVAL_PENDING || state == APPROVAL_APPROVED))
		return APPROVAL_EXPIRED;
	return state;
}

struct wall
stored_until(const struct stored *s, enum approval_state state)
{
	if (state == APPROVAL_APPROVED || state == APPROVAL_SPENT)
		return s->facts.valid_until;
	return s->facts.expires_at;
}

const struct signed_decision *
stored_denial(const struct stored *s)
{
	for (size_t i = 0; i < s->vote_count; i++) {
		if (!s->votes[i].vote.approves)
			return &s->votes[i];
	}
	return NULL;
}

static void
add_have(json_t *needs, const struct stored *s)
{
	for (size_t i = 0; i < json_array_size(needs); i++)
		sealed_set_u64(json_array_get(needs, i), "have", s->tally.have_of[i]);
}

json_t *
stored_detail(const struct stored *s, enum approval_state state)
{
	json_t *detail = json_copy(s->request.doc), *decisions = json_array();
	json_t *needs = json_deep_copy(json_object_get(detail, "needs"));

	add_have(needs, s);
	for (size_t i = 0; i < s->vote_count; i++)
		json_array_append(decisions, s->votes[i].doc);
	json_object_set_new(detail, "needs", needs);
	json_object_set_new(detail, "decisions", decisions);
	sealed_set_text(detail, "kind", SPAN("call"));
	sealed_set_text(detail, "state", span_cstr(approval_state_name(state)));
	sealed_set_u64(detail, "have", s->tally.have);
	sealed_set_u64(detail, "need", s->tally.need);
	sealed_set_u64(detail, "uses_left", s->facts.uses_left);
	json_object_set_new(detail, "review", json_boolean(s->has_review));
	sealed_set_time(detail, "expires_at", stored_until(s, state));
	return detail;
}
