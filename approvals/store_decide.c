/* Deciding: verify, check who decides, sign, make the record durable, then store. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "approvals/store_op.h"
#include "approvals/store_record.h"
#include "lib/base/memory.h"

enum { TRIES_MAX = 8, SEALED_MAX = 64 * 1024 * 1024 };

struct decide_op {
	struct store_op op;
	struct list under_way;
	bool is_behind;             /* another one of this person's comes first */
	decide_fn *fn;
	struct decision decision;   /* of the arena */
	struct person by;
	char id[ULID_LEN + 1];
	struct buf sealed;
	bool is_recorded;           /* the line is durable; it is written once */
	bool is_sound;              /* what was signed verifies */
	unsigned tries;
	/* What was looked at, copied: the reply is gone while the record is made durable. */
	struct buf request;
	size_t vote_count;
	enum approval_state from, to;
	enum approval_event event;
	struct wall expires_at, valid_until;
};

static void decide_look(struct decide_op *d);

static struct decide_op *
decide_of(struct store_op *op)
{
	return CONTAINER_OF(op, struct decide_op, op);
}

static bool
is_of_same_vote(const struct decide_op *a, const struct decide_op *b)
{
	return strcmp(a->id, b->id) == 0 && quorum_is_same_person(a->by.user, b->by.user);
}

/* One after the other: sent ten times at once, a yes would stand in the trail ten times. */
static void
decide_in_turn(struct decide_op *d)
{
	struct store *s = d->op.store;

	LIST_EACH(&s->deciding, node)
		d->is_behind |= is_of_same_vote(d, LIST_ENTRY(node, struct decide_op, under_way));
	list_add_last(&s->deciding, &d->under_way);
	if (!d->is_behind)
		decide_look(d);
}

static void
let_next(const struct decide_op *gone)
{
	LIST_EACH(&gone->op.store->deciding, node) {
		struct decide_op *d = LIST_ENTRY(node, struct decide_op, under_way);

		if (is_of_same_vote(gone, d)) {
			d->is_behind = false;
			decide_look(d);
			return;
		}
	}
}

static void
decide_clear(struct store_op *op)
{
	struct decide_op *d = decide_of(op);
	bool was_under_way = list_is_linked(&d->under_way);

	list_remove(&d->under_way);
	if (op->store && was_under_way && !d->is_behind)
		let_next(d);
	buf_clear(&d->sealed);
	buf_clear(&d->request);
}

static void
finish(struct decide_op *d, enum decide_result result, const struct approval_view *view)
{
	if (!d->op.is_forgotten)
		d->fn(d->op.owner, result, view);
	op_end(&d->op);
}

static void
decide_fail(struct store_op *op)
{
	finish(decide_of(op), DECIDE_UNAVAILABLE, NULL);
}

static void
finish_with(struct decide_op *d, enum decide_result result, const struct stored *stored)
{
	struct approval_view view;

	view_fill(&view, stored, clock_wall());
	if (d->op.is_forgotten)
		op_end(&d->op);
	else
		finish(d, result, &view);
	view_clear(&view);
}

/* Who comes late or changes his mind does no harm, and would be noise among the rest. */
static const struct decide_no own_request = {DECIDE_SELF, "own-request", "high"},
	not_eligible = {DECIDE_INELIGIBLE, "not-eligible", "high"},
	binding_mismatch = {DECIDE_CHANGED, "binding-mismatch", "high"},
	decided_otherwise = {DECIDE_CHANGED, "decided-otherwise", "medium"},
	too_late = {DECIDE_SETTLED, "too-late", "low"},
	contradicted = {DECIDE_SETTLED, "contradicted", "high"},
	too_many = {DECIDE_SETTLED, "too-many-decisions", "medium"};

static void
refuse(struct decide_op *d, const struct stored *stored, const struct decide_no *no)
{
	store_record_refused(d->op.store, stored, &d->decision, no);
	finish_with(d, no->result, stored);
}

static const struct signed_decision *
earlier_of(const struct decide_op *d, const struct stored *stored)
{
	for (size_t i = 0; i < stored->vote_count; i++) {
		if (quorum_is_same_person(stored->votes[i].vote.user, d->by.user))
			return &stored->votes[i];
	}
	return NULL;
}

/* Not one that another process was quicker with: ours, with the line that we wrote. */
static bool
is_own(const struct decide_op *d, const struct stored *stored, const struct signed_decision *one)
{
	return d->is_recorded &&
	       span_eq(stored->vote_bytes[one - stored->votes], buf_span(&d->sealed));
}

static struct vote
vote_of(const struct decide_op *d)
{
	return (struct vote){d->by.user, d->by.groups, d->by.group_count, d->decision.approves};
}

static bool
names_other_binding(const struct decide_op *d, const struct stored *stored)
{
	struct digest given;

	if (d->decision.binding.len == 0)
		return false;
	return !digest_read(d->decision.binding, &given) ||
	       !digest_eq(&given, &stored->request.binding);
}

/* Who may decide comes before what there is to decide: the rest tells more. */
static bool
is_refused(struct decide_op *d, const struct stored *stored)
{
	const struct signed_request *r = &stored->request;
	const struct signed_decision *earlier = earlier_of(d, stored);
	struct vote vote = vote_of(d);

	if (quorum_is_same_person(r->requester.user, d->by.user))
		refuse(d, stored, &own_request);
	else if (!person_is_named(&d->by) || !quorum_is_eligible(&r->requirement, &vote))
		refuse(d, stored, &not_eligible);
	else if (names_other_binding(d, stored))
		refuse(d, stored, &binding_mismatch);
	else if (earlier && earlier->vote.approves == d->decision.approves)
		finish_with(d, is_own(d, stored, earlier) ? DECIDE_DONE : DECIDE_REPEATED,
		            stored);
	else if (earlier)
		refuse(d, stored, &decided_otherwise);
	else if (stored_state(stored, clock_wall()) != APPROVAL_PENDING)
		refuse(d, stored, &too_late);
	else if (stored_is_contradicted(stored))
		refuse(d, stored, &contradicted);
	else if (stored->vote_count >= VOTES_MAX)
		refuse(d, stored, &too_many);
	else
		return false;
	return true;
}

/* What the votes come to with this one added. */
static void
foresee(struct decide_op *d, const struct stored *stored, struct wall now)
{
	const struct signed_request *r = &stored->request;
	struct vote votes[VOTES_MAX + 1];
	struct tally tally;

	for (size_t i = 0; i < stored->vote_count; i++)
		votes[i] = stored->votes[i].vote;
	votes[stored->vote_count] = vote_of(d);
	tally = quorum_tally(&r->requirement, r->requester.user, votes, stored->vote_count + 1);
	d->from = d->to = APPROVAL_PENDING;
	d->event = tally.is_denied ? APPROVAL_EVENT_REFUSED : APPROVAL_EVENT_AGREED;
	if ((tally.is_denied || tally.is_met) && !approval_move(d->from, d->event, &d->to))
		d->to = d->from;
	d->expires_at = r->expires_at;
	/* One of several must last until the others had their time, the last one counts. */
	d->valid_until.us = (tally.is_met ? now.us : r->expires_at.us) +
	                    r->requirement.valid_for_us;
}

static struct digest
digest_of_shown(const struct stored *stored, struct wall now)
{
	struct buf json = BUF_INIT(SEALED_MAX);
	json_t *detail = stored_detail(stored, stored_state(stored, now));
	struct digest digest;

	sealed_dump(detail, &json);
	digest = digest_of(buf_span(&json));
	buf_clear(&json);
	json_decref(detail);
	return digest;
}

static void
sign(struct decide_op *d, const struct stored *stored, struct wall now)
{
	struct store *s = d->op.store;

	buf_reset(&d->sealed);
	decision_seal(
		&(struct decision_draft){
			.request = &stored->request,
			.approves = d->decision.approves,
			.by = &d->by,
			.reason = d->decision.reason,
			.decided_at = now,
			.expires_at = d->decision.approves ? d->valid_until : d->expires_at,
			.shown = digest_of_shown(stored, now),
			.node = span_cstr(s->node),
			.boot = span_cstr(s->boot),
		},
		keyring_own(s->keys, KEY_ADMIN), &d->sealed);
	buf_reset(&d->request);
	buf_add(&d->request, stored->sealed);
	d->vote_count = stored->vote_count;
}

static void
on_stored(void *owner, const struct resp *reply)
{
	struct decide_op *d = owner;
	struct answer answer = store_answer(d->op.store, reply);

	switch (answer.kind) {
	case ANSWER_LOST:
	case ANSWER_ERROR:
	case ANSWER_SKEW:
		finish(d, DECIDE_UNAVAILABLE, NULL);
		return;
	case ANSWER_EPOCH:
	case ANSWER_GIVEN:
		/* Taken or not, what stands there now tells the rest. */
		decide_look(d);
		return;
	}
}

static void
decide_store(struct decide_op *d)
{
	struct arena *arena = &d->op.arena;
	struct span args[] = {
		span_cstr(d->id),
		buf_span(&d->request),
		number_text(arena, (int64_t)d->vote_count),
		buf_span(&d->sealed),
		span_cstr(approval_state_name(d->from)),
		span_cstr(approval_state_name(d->to)),
		d->to == d->from ? SPAN("voted") : span_cstr(approval_event_name(d->event)),
		number_text(arena, d->valid_until.us),
		number_text(arena, d->expires_at.us),
	};

	store_run(d->op.store, SCRIPT_DECIDE, args, ARRAY_LEN(args), on_stored, d);
}

static void
on_durable(void *owner, bool is_durable)
{
	struct decide_op *d = owner;

	d->is_recorded = is_durable;
	if (!is_durable)
		finish(d, DECIDE_AUDIT_UNAVAILABLE, NULL);
	else if (!d->is_sound)
		finish(d, DECIDE_UNAVAILABLE, NULL);
	else
		decide_store(d);
}

/* While the line is on its way to the device: who is released by it need not wait for the
 * check of the signature then. */
static void
check_own(struct decide_op *d, const struct stored *stored)
{
	struct signed_decision own;

	d->is_sound = signed_decision_open(&own, buf_span(&d->sealed), &stored->request,
	                                   d->op.store->keys);
	signed_decision_clear(&own);
}

static void
decide_on(struct decide_op *d, const struct stored *stored)
{
	struct decided decided = {.decision = &d->decision, .now = clock_wall()};

	if (is_refused(d, stored))
		return;
	foresee(d, stored, decided.now);
	sign(d, stored, decided.now);
	if (d->is_recorded)
		decide_store(d);
	else if (store_record_decision(d->op.store, stored, &decided, on_durable, d))
		check_own(d, stored);
	else
		finish(d, DECIDE_AUDIT_UNAVAILABLE, NULL);
}

static void
on_look(void *owner, const struct resp *reply)
{
	struct decide_op *d = owner;
	struct answer answer = store_answer(d->op.store, reply);
	struct stored *stored = NULL;

	if (answer.kind == ANSWER_EPOCH) {
		decide_look(d);
		return;
	}
	if (answer.kind != ANSWER_GIVEN) {
		finish(d, DECIDE_UNAVAILABLE, NULL);
		return;
	}
	if (span_eq(answer.status, SPAN("found")))
		stored = store_verify(d->op.store, resp_at(reply, ANSWER_VALUES),
		                      span_cstr(d->id));
	if (stored)
		decide_on(d, stored);
	else
		finish(d, DECIDE_UNKNOWN, NULL);
	stored_free(stored);
}

static void
decide_look(struct decide_op *d)
{
	struct span args[] = {span_cstr(d->id), SPAN(""), SPAN("0")};

	if (++d->tries > TRIES_MAX) {
		op_fail_later(&d->op);
		return;
	}
	store_run(d->op.store, SCRIPT_LOOK, args, ARRAY_LEN(args), on_look, d);
}

static void
decide_unknown(struct store_op *op)
{
	finish(decide_of(op), DECIDE_UNKNOWN, NULL);
}

struct store_op *
store_decide(struct store *s, const struct decision *decision, decide_fn *fn, void *owner)
{
	struct decide_op *d = memory_new(sizeof(*d));
	struct arena *arena = &d->op.arena;
	bool is_id = ulid_is_valid(span_cstr(decision->id));

	op_begin(s, &d->op, owner, is_id ? decide_fail : decide_unknown, decide_clear);
	d->fn = fn;
	d->sealed = BUF_INIT(SEALED_MAX);
	d->request = BUF_INIT(SEALED_MAX);
	d->by = person_copy(decision->by, arena);
	d->decision = (struct decision){
		.id = d->id,
		.approves = decision->approves,
		.reason = arena_copy(arena, decision->reason),
		.binding = arena_copy(arena, decision->binding),
		.by = &d->by,
		.source = arena_copy(arena, decision->source),
	};
	if (is_id)
		memcpy(d->id, decision->id, ULID_LEN);
	if (!is_id || !s->is_ready)
		op_fail_later(&d->op);
	else
		decide_in_turn(d);
	return &d->op;
}
