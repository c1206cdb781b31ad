/* What a store of approvals shows, and what people decide on it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORE_VIEW_H
#define APPROVALS_STORE_VIEW_H

#include <jansson.h>

#include "approvals/approval.h"
#include "approvals/binding.h"

/*
 * Redis is a mailbox, not an authority: whatever comes from it counts only as far as it
 * verifies.  Every answer comes by callback on the store's loop, never before the call has
 * returned, and exactly once, unless store_forget() was called.
 */
struct store;
struct store_op;

enum { APPROVAL_ID_LEN = 26 }; /* a ULID */

/* What callers and approvers are told of an approval.  Borrowed during a callback. */
struct approval_view {
	char id[APPROVAL_ID_LEN + 1];
	enum approval_state state;
	char code[CODE_TEXT];
	unsigned have, need;
	uint64_t uses_left;
	bool has_review;         /* a use of it may have run: none that is left is released */
	struct wall created_at, expires_at; /* of the state it is in */
	struct span reason;      /* of the denial */
	struct span rule, site;
	json_t *detail;          /* the whole object of DESIGN.md section 7; borrowed */
};

/* No callback any more; what was asked of Redis is still carried out. */
void store_forget(struct store_op **op);

/* Reading: of one, for whoever may see it (the asker decides that on view.detail). */
enum read_result { READ_FOUND, READ_UNKNOWN, READ_UNAVAILABLE };
typedef void read_fn(void *owner, enum read_result result, const struct approval_view *view);
struct store_op *store_read(struct store *s, const char *id, read_fn *fn, void *owner);
/* `state`: APPROVAL_STATE_COUNT for all.  `cursor` as returned before, or empty. */
typedef void list_fn(void *owner, enum read_result result, json_t *approvals, struct span next);
struct store_op *store_list(struct store *s, enum approval_state state, struct span cursor,
                            size_t page, list_fn *fn, void *owner);

/* Whether an approval belongs to this caller: the same named person, or, for an unnamed
 * caller, the secret of the ticket. */
bool store_is_requester(const struct approval_view *view, const struct person *person,
                        struct span secret);

/* Withdraws; by the requester.  READ_UNKNOWN unless pending or approved. */
struct store_op *store_cancel(struct store *s, const char *id, const struct person *by,
                              read_fn *fn, void *owner);

enum decide_result {
	DECIDE_DONE,        /* 201 */
	DECIDE_REPEATED,    /* the same person's same decision: 200 */
	DECIDE_INELIGIBLE,  /* 403: not in a group that is asked */
	DECIDE_SELF,        /* 403: the requester */
	DECIDE_SETTLED,     /* 409: not pending any more; view tells the state */
	DECIDE_CHANGED,     /* 409: the binding given is not the approval's; or decided otherwise before */
	DECIDE_UNKNOWN,     /* 404 */
	DECIDE_AUDIT_UNAVAILABLE, /* 503 */
	DECIDE_UNAVAILABLE  /* 503 */
};
struct decision {
	const char *id;
	bool approves;
	struct span reason;
	struct span binding;         /* hex, may be empty: then not compared */
	const struct person *by;
	struct span source;          /* address of who decides, for the trail */
};
typedef void decide_fn(void *owner, enum decide_result result, const struct approval_view *view);
/* Verifies the record, checks who decides, signs, makes the audit line durable, then stores. */
struct store_op *store_decide(struct store *s, const struct decision *decision, decide_fn *fn,
                              void *owner);

#endif
