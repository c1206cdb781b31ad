/* The life of one approval. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/approval.h"

#define FROM(state) (1u << APPROVAL_##state)

/* clang-format off */

/* The whole machine: what happens, who makes it happen, from which states, to which. */
static const struct step {
	const char *name;
	enum approval_actor actor;
	unsigned from;
	enum approval_state to;
} steps[APPROVAL_EVENT_COUNT] = {
	[APPROVAL_EVENT_AGREED]     = {"agreed",     ACTOR_APPROVER, FROM(PENDING),                  APPROVAL_APPROVED},
	[APPROVAL_EVENT_REFUSED]    = {"refused",    ACTOR_APPROVER, FROM(PENDING),                  APPROVAL_DENIED},
	[APPROVAL_EVENT_USED_UP]    = {"used-up",    ACTOR_CALLER,   FROM(APPROVED),                 APPROVAL_SPENT},
	[APPROVAL_EVENT_OVERDUE]    = {"overdue",    ACTOR_CLOCK,    FROM(PENDING) | FROM(APPROVED), APPROVAL_EXPIRED},
	[APPROVAL_EVENT_WITHDRAWN]  = {"withdrawn",  ACTOR_CALLER,   FROM(PENDING) | FROM(APPROVED), APPROVAL_CANCELLED},
	[APPROVAL_EVENT_ABANDONED]  = {"abandoned",  ACTOR_CALLER,   FROM(PENDING),                  APPROVAL_CANCELLED},
	[APPROVAL_EVENT_TAKEN_BACK] = {"taken-back", ACTOR_APPROVER, FROM(PENDING) | FROM(APPROVED), APPROVAL_REVOKED},
	[APPROVAL_EVENT_REPLACED]   = {"replaced",   ACTOR_POLICY,   FROM(PENDING),                  APPROVAL_SUPERSEDED},
};
/* clang-format on */

static const char *const state_names[APPROVAL_STATE_COUNT] = {
	[APPROVAL_PENDING] = "pending",
	[APPROVAL_APPROVED] = "approved",
	[APPROVAL_SPENT] = "spent",
	[APPROVAL_DENIED] = "denied",
	[APPROVAL_EXPIRED] = "expired",
	[APPROVAL_CANCELLED] = "cancelled",
	[APPROVAL_REVOKED] = "revoked",
	[APPROVAL_SUPERSEDED] = "superseded",
};

const char *
approval_state_name(enum approval_state state)
{
	return state_names[state];
}

bool
approval_state_read(struct span name, enum approval_state *ret)
{
	for (unsigned i = 0; i < APPROVAL_STATE_COUNT; i++) {
		if (span_eq(name, span_cstr(state_names[i]))) {
			*ret = (enum approval_state)i;
			return true;
		}
	}
	return false;
}

bool
approval_move(enum approval_state from, enum approval_event event, enum approval_state *ret)
{
	if (!(steps[event].from & 1u << from))
		return false;
	*ret = steps[event].to;
	return true;
}

enum approval_actor
approval_actor(enum approval_event event)
{
	return steps[event].actor;
}

const char *
approval_event_name(enum approval_event event)
{
	return steps[event].name;
}

void
approval_sources(enum approval_event event, struct buf *to)
{
	bool is_first = true;

	for (unsigned i = 0; i < APPROVAL_STATE_COUNT; i++) {
		if (!(steps[event].from & 1u << i))
			continue;
		if (!is_first)
			buf_addc(to, ',');
		buf_add(to, span_cstr(state_names[i]));
		is_first = false;
	}
}

static enum approval_state
move_or_stay(enum approval_state from, enum approval_event event)
{
	enum approval_state to = from;

	if (!approval_move(from, event, &to))
		return from;
	return to;
}

/* The end that only the store knows of: it must be one that takes away. */
static bool
is_ended_by_store(const struct approval_facts *f)
{
	return f->stored != APPROVAL_PENDING && f->stored != APPROVAL_APPROVED &&
	       f->stored != APPROVAL_DENIED;
}

enum approval_state
approval_now(const struct approval_facts *f, struct wall now)
{
	enum approval_state state = APPROVAL_PENDING;
	struct wall until = f->expires_at;

	if (f->is_denied)
		return move_or_stay(state, APPROVAL_EVENT_REFUSED);
	if (is_ended_by_store(f))
		return f->stored;
	/* The yes counts when the store has it as one: a vote put back by hand into an
	 * approval that is open again has not gone through the check of the clocks. */
	if (f->is_met && f->stored == APPROVAL_APPROVED) {
		state = move_or_stay(state, APPROVAL_EVENT_AGREED);
		until = f->valid_until;
		if (f->uses_left == 0)
			return move_or_stay(state, APPROVAL_EVENT_USED_UP);
	}
	if (now.us >= until.us)
		state = move_or_stay(state, APPROVAL_EVENT_OVERDUE);
	return state;
}
