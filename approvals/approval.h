/* The life of one approval: its states, who may move it, and what it is at a given time. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_APPROVAL_H
#define APPROVALS_APPROVAL_H

#include "lib/base/buf.h"
#include "lib/base/clock.h"

enum approval_state {
	APPROVAL_PENDING,    /* people are asked */
	APPROVAL_APPROVED,   /* enough said yes, a use is left */
	APPROVAL_SPENT,      /* no use is left */
	APPROVAL_DENIED,     /* somebody said no: final */
	APPROVAL_EXPIRED,    /* nobody decided in time, or nobody used the yes in time */
	APPROVAL_CANCELLED,  /* the caller does not want it any more */
	APPROVAL_REVOKED,    /* an approver took it back */
	APPROVAL_SUPERSEDED, /* the rule's effect changed */
	APPROVAL_STATE_COUNT
};
const char *approval_state_name(enum approval_state state);
MUST_CHECK bool approval_state_read(struct span name, enum approval_state *ret);

enum approval_actor { ACTOR_CALLER, ACTOR_APPROVER, ACTOR_CLOCK, ACTOR_POLICY };

/* Everything that moves an approval. */
enum approval_event {
	APPROVAL_EVENT_AGREED,     /* the last yes that was needed */
	APPROVAL_EVENT_REFUSED,    /* a no */
	APPROVAL_EVENT_USED_UP,    /* the last use was claimed */
	APPROVAL_EVENT_OVERDUE,    /* its time is up */
	APPROVAL_EVENT_WITHDRAWN,  /* by the caller, on purpose */
	APPROVAL_EVENT_ABANDONED,  /* the last caller who waited hung up */
	APPROVAL_EVENT_TAKEN_BACK, /* by an approver */
	APPROVAL_EVENT_REPLACED,   /* the rule asks for something else now */
	APPROVAL_EVENT_COUNT
};

/* The one place where a state follows from another; false: not from here. */
MUST_CHECK bool approval_move(enum approval_state from, enum approval_event event,
                              enum approval_state *ret);
enum approval_actor approval_actor(enum approval_event event);
const char *approval_event_name(enum approval_event event);
/* The states from which the event leads on, as "pending,approved": what a script is told. */
void approval_sources(enum approval_event event, struct buf *to);

/* What is known of an approval: all signed but the last two, which can only take away. */
struct approval_facts {
	struct wall created_at, expires_at; /* until when people may decide */
	bool is_denied, is_met;             /* as the valid votes say */
	struct wall valid_until;            /* of the yes; with is_met */
	uint64_t uses_left;
	enum approval_state stored;         /* what stands in the store */
};

/* What it is now.  What the store says may end an approval early, never open it. */
enum approval_state approval_now(const struct approval_facts *facts, struct wall now);

#endif
