/* Asking: join what this action has, or open it; look again while waiting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/store_ask.h"

/* How often one question may begin anew: records that do not verify, epochs that change. */
enum { TRIES_MAX = 6 };

static void ask_open(struct ask_op *a);
static void ask_look(struct ask_op *a);
static void open_past(struct ask_op *a, const char *id);

static struct ask_op *
ask_of(struct store_op *op)
{
	return CONTAINER_OF(op, struct ask_op, op);
}

static void
ask_clear(struct store_op *op)
{
	json_decref(ask_of(op)->draft);
	buf_clear(&ask_of(op)->sealed);
}

/* Who has gone without an answer cannot leave what he has not heard of. */
static void
leave_for(struct ask_op *a, const char *id)
{
	if (!a->was_waiting && a->waiter.len && id[0])
		store_leave(a->op.store, id, a->waiter, false);
}

static void
finish(struct ask_op *a, struct asked *asked)
{
	if (a->op.is_forgotten)
		leave_for(a, asked->view.id);
	else
		a->fn(a->op.owner, asked);
	view_clear(&asked->view);
	op_end(&a->op);
}

static void
finish_without(struct ask_op *a, enum ask_result result)
{
	finish(a, &(struct asked){.result = result});
}

static void
ask_fail(struct store_op *op)
{
	finish_without(ask_of(op), ASK_UNAVAILABLE);
}

static void
finish_with(struct ask_op *a, enum ask_result result, const struct stored *stored)
{
	struct asked asked = {.result = result};

	view_fill(&asked.view, stored, clock_wall());
	asked.is_joined = result == ASK_PENDING && (!a->known[0] || a->is_ticket);
	finish(a, &asked);
}

static enum ask_result
result_of(const struct stored *stored)
{
	switch (stored_state(stored, clock_wall())) {
	case APPROVAL_PENDING:
		return ASK_PENDING;
	case APPROVAL_APPROVED:
		return stored->has_review ? ASK_UNDER_REVIEW : ASK_GRANTED;
	case APPROVAL_SPENT:
		return stored->has_review ? ASK_UNDER_REVIEW : ASK_SPENT;
	case APPROVAL_DENIED:
		return ASK_DENIED;
	case APPROVAL_CANCELLED:
	case APPROVAL_REVOKED:
		return ASK_CANCELLED;
	case APPROVAL_EXPIRED:
	case APPROVAL_SUPERSEDED:
	case APPROVAL_STATE_COUNT:
		break;
	}
	return ASK_EXPIRED;
}

/* The approval that this question is about is known and verified. */
static void
tell(struct ask_op *a, const struct stored *stored)
{
	enum ask_result result = result_of(stored);

	/* Only our own disk knows that a use of it may have run, or Redis hides it. */
	if (result == ASK_UNDER_REVIEW && !a->known[0]) {
		open_past(a, stored->request.id);
		return;
	}
	if (result == ASK_GRANTED && !stored_meets(stored, &a->requirement)) {
		store_report_forged(a->op.store, span_cstr(stored->request.id), "weaker-than-rule");
		result = ASK_UNAVAILABLE;
	}
	if (result == ASK_GRANTED)
		granted_add(a->op.store, stored);
	/* Who waits and looks again has joined before. */
	if (result == ASK_PENDING && (!a->known[0] || a->is_ticket))
		store_record_joined(a->op.store, stored, &a->joiner);
	finish_with(a, result, stored);
}

/* Begins anew with what stands in the way left out. */
static void
open_past(struct ask_op *a, const char *id)
{
	memcpy(a->ignored, id, sizeof(a->ignored));
	if (a->known[0] && !a->is_ticket)
		memcpy(a->follows, a->known, sizeof(a->follows));
	a->known[0] = '\0';
	ask_open(a);
}

/* Our disk knows of a no, or of uses, that the record does not show.  What was read may be
 * older than what the disk has, so it is read once more before it is called forged. */
static bool
is_put_back(struct ask_op *a, const struct stored *stored)
{
	char id[ULID_LEN + 1];

	if (!stored_is_contradicted(stored))
		return false;
	memcpy(id, stored->request.id, sizeof(id));
	if (a->is_checked_again) {
		store_report_forged(a->op.store, span_cstr(id), "put-back");
		open_past(a, id);
		return true;
	}
	a->is_checked_again = true;
	if (a->known[0])
		ask_look(a);
	else
		ask_open(a);
	return true;
}

/* True when the script has to be run again, or the question has ended. */
static bool
is_over(struct ask_op *a, const struct answer *answer, void (*again)(struct ask_op *a))
{
	switch (answer->kind) {
	case ANSWER_LOST:
		leave_for(a, a->known[0] ? a->known : a->id);
		finish_without(a, ASK_UNAVAILABLE);
		return true;
	case ANSWER_ERROR:
		finish_without(a, ASK_UNAVAILABLE);
		return true;
	case ANSWER_SKEW:
		finish_without(a, ASK_SKEW);
		return true;
	case ANSWER_EPOCH:
		again(a);
		return true;
	case ANSWER_GIVEN:
		break;
	}
	return false;
}

static void
on_found(struct ask_op *a, const struct resp *record)
{
	struct store *s = a->op.store;
	struct span id = resp_text(resp_at(record, 0));
	struct stored *stored = store_verify(s, record, SPAN_NONE);
	char past[ULID_LEN + 1] = "";

	if (ulid_is_valid(id))
		memcpy(past, id.ptr, ULID_LEN);
	if (!stored || !span_eq(id, span_cstr(stored->request.id)) || !stored->is_of_epoch ||
	    !digest_eq(&stored->request.binding, &a->binding)) {
		if (stored)
			store_report_forged(s, id, "other-binding-or-epoch");
		open_past(a, past);
	} else if (!is_put_back(a, stored)) {
		tell(a, stored);
	}
	stored_free(stored);
}

static void
on_opened(struct ask_op *a, struct span mark)
{
	struct stored *stored = store_verify_own(a->op.store, buf_span(&a->sealed));
	struct asked asked = {.result = ASK_PENDING, .is_opened = true};

	if (!stored || !transition_record(a->op.store, mark, stored)) {
		stored_free(stored);
		finish_without(a, ASK_UNAVAILABLE);
		return;
	}
	view_fill(&asked.view, stored, clock_wall());
	memcpy(asked.secret, a->new_secret, sizeof(asked.secret));
	finish(a, &asked);
	stored_free(stored);
}

static void
on_open(void *owner, const struct resp *reply)
{
	struct ask_op *a = owner;
	struct answer answer = store_answer(a->op.store, reply);

	if (is_over(a, &answer, ask_open))
		return;
	if (span_eq(answer.status, SPAN("found")))
		on_found(a, resp_at(reply, ANSWER_VALUES));
	else if (span_eq(answer.status, SPAN("opened")))
		on_opened(a, resp_text(resp_at(reply, ANSWER_VALUES)));
	else if (span_eq(answer.status, SPAN("too-many-of-requester")))
		finish_without(a, ASK_TOO_MANY_OF_REQUESTER);
	else if (span_eq(answer.status, SPAN("too-many")))
		finish_without(a, ASK_TOO_MANY);
	else if (span_eq(answer.status, SPAN("full")))
		finish_without(a, ASK_STORE_FULL);
	else
		finish_without(a, ASK_UNAVAILABLE);
}

static void
ask_open(struct ask_op *a)
{
	struct store *s = a->op.store;
	struct arena *arena = &a->op.arena;
	struct wall now = clock_wall();
	char binding[DIGEST_HEX + 1];
	const struct limits *limits = &s->limits;

	if (++a->tries > TRIES_MAX) {
		op_fail_later(&a->op);
		return;
	}
	ask_stamp(a, now);
	digest_hex(&a->binding, binding);
	store_run(s, SCRIPT_OPEN,
	          (struct span[]){
			  span_cstr(a->id),
			  span_of(binding, DIGEST_HEX),
			  a->who,
			  buf_span(&a->sealed),
			  number_text(arena, (int64_t)a->requirement.uses),
			  number_text(arena, now.us + a->requirement.expires_us),
			  a->waiter,
			  number_text(arena, a->lease_us),
			  number_text(arena, (int64_t)limits->pending_per_requester),
			  number_text(arena, (int64_t)limits->pending),
			  number_text(arena, (int64_t)limits->stored_bytes),
			  span_cstr(a->ignored),
			  a->requester.len ? SPAN("1") : SPAN("0"),
		  },
	          13, on_open, a);
}

/* The ticket shows which approval is meant; it must be the caller's, and this action's. */
static bool
is_ticket_refused(struct ask_op *a, const struct stored *stored, enum ask_result *ret)
{
	if (!stored_is_of(stored, a->requester, a->secret))
		*ret = ASK_UNKNOWN;
	else if (!digest_eq(&stored->request.binding, &a->binding))
		*ret = ASK_MISMATCH;
	else
		return false;
	return true;
}

/* Only who may wait for an approval is counted among those who do: others could keep it from
 * being cancelled. */
static void
look_as_owner(struct ask_op *a)
{
	a->is_shown = true;
	ask_look(a);
}

static void
on_known(struct ask_op *a, const struct stored *stored)
{
	enum ask_result refused;

	if (a->is_ticket && is_ticket_refused(a, stored, &refused))
		finish_without(a, refused);
	else if (!digest_eq(&stored->request.binding, &a->binding))
		finish_without(a, ASK_UNKNOWN);
	else if (a->is_ticket && !a->is_shown)
		look_as_owner(a);
	else if (!a->is_ticket && !stored->is_of_epoch &&
	         result_of(stored) == ASK_EXPIRED)
		open_past(a, stored->request.id);
	else if (!is_put_back(a, stored))
		tell(a, stored);
}

/* Who waits for what the store has lost asks again; a ticket for it is just unknown. */
static void
on_absent(struct ask_op *a)
{
	if (a->is_ticket)
		finish_without(a, ASK_UNKNOWN);
	else if (spent_log_look(a->op.store->spent, a->known).has_no)
		finish_without(a, ASK_DENIED);
	else
		open_past(a, a->known);
}

static void
on_look(void *owner, const struct resp *reply)
{
	struct ask_op *a = owner;
	struct answer answer = store_answer(a->op.store, reply);
	struct stored *stored = NULL;

	if (is_over(a, &answer, ask_look))
		return;
	if (span_eq(answer.status, SPAN("found")))
		stored = store_verify(a->op.store, resp_at(reply, ANSWER_VALUES),
		                      span_cstr(a->known));
	if (stored)
		on_known(a, stored);
	else
		on_absent(a);
	stored_free(stored);
}

static void
ask_look(struct ask_op *a)
{
	bool counts = !a->is_ticket || a->is_shown;
	struct span args[] = {span_cstr(a->known), counts ? a->waiter : SPAN(""),
	                      number_text(&a->op.arena, a->lease_us)};

	if (++a->tries > TRIES_MAX) {
		op_fail_later(&a->op);
		return;
	}
	store_run(a->op.store, SCRIPT_LOOK, args, ARRAY_LEN(args), on_look, a);
}

static void
ask_unknown(struct store_op *op)
{
	finish_without(ask_of(op), ASK_UNKNOWN);
}

struct store_op *
store_ask(struct store *s, const struct ask *ask, ask_fn *fn, void *owner)
{
	struct ask_op *a = ask_make(s, ask);
	bool is_readable = true;

	a->fn = fn;
	op_begin(s, &a->op, owner, ask_fail, ask_clear);
	a->was_waiting = ask->waits_for != NULL;
	if (a->was_waiting)
		memcpy(a->known, ask->waits_for, ULID_LEN);
	else if (ask->ticket.len)
		is_readable = ask_read_ticket(a, ask->ticket);
	if (!is_readable)
		a->op.fail = ask_unknown;
	if (!s->is_ready || !is_readable)
		op_fail_later(&a->op);
	else if (a->known[0])
		ask_look(a);
	else
		ask_open(a);
	return &a->op;
}
