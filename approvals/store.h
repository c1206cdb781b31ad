/* Approvals in Redis, as seen by one thread: ask, wait, claim; list, read, decide. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORE_H
#define APPROVALS_STORE_H

#include <jansson.h>

#include "approvals/approval.h"
#include "approvals/binding.h"
#include "approvals/spent_book.h"
#include "audit/audit.h"
#include "lib/base/signature.h"
#include "lib/net/limits.h"
#include "lib/net/loop.h"

/*
 * Redis is a mailbox, not an authority: whatever comes from it counts only as far as it
 * verifies.  Every answer comes by callback on the store's loop, never before the call has
 * returned, and exactly once, unless store_forget() was called.
 */
struct store;
struct store_op;
struct keyring; /* approvals/keyring.h: our keys by role, and the ones we trust */

enum { APPROVAL_ID_LEN = 26 }; /* a ULID */

/* What callers and approvers are told of an approval.  Borrowed during a callback. */
struct approval_view {
	char id[APPROVAL_ID_LEN + 1];
	enum approval_state state;
	char code[CODE_TEXT];
	unsigned have, need;
	uint64_t uses_left;
	struct wall created_at, expires_at; /* of the state it is in */
	struct span reason;      /* of the denial */
	struct span rule, site;
	json_t *detail;          /* the whole object of DESIGN.md section 7; borrowed */
};

enum ask_result {
	ASK_GRANTED,     /* enough valid decisions stand and a use is left: store_claim() it */
	ASK_PENDING,     /* opened, or joined */
	ASK_DENIED,
	ASK_SPENT,       /* the approval waited for (or named by ticket) has no use left */
	ASK_EXPIRED,     /* the ticket named has expired; or ours, while waiting */
	ASK_CANCELLED,   /* while waiting: withdrawn, or revoked */
	ASK_MISMATCH,    /* ticket: another binding */
	ASK_UNKNOWN,     /* ticket: unknown, or another's */
	ASK_TOO_MANY_OF_REQUESTER,
	ASK_TOO_MANY,
	ASK_STORE_FULL,  /* limits.stored_bytes */
	ASK_UNAVAILABLE, /* Redis is away, or its answer could not be understood */
	ASK_SKEW,        /* clocks more than 30 s apart */
};

/* One action somebody wants to run; all borrowed during store_ask() only. */
struct ask {
	const struct bindable *bindable;
	const struct requirement *requirement;
	struct digest binding;       /* binding_digest(bindable) */
	struct span title;
	struct span reason;          /* the caller's, may be empty */
	struct span ticket;          /* Countersign-Ticket as sent (id, or id.secret); may be empty */
	struct span source;          /* address of the caller, for people */
	struct span waiter;          /* unique per waiting exchange; empty: nobody waits */
	int64_t lease_us;            /* how long the waiter counts without being renewed */
	/* The id joined earlier, NULL at first.  Nothing is opened anew then, but for a store that
	 * has lost it: the view has another id then, which is what is waited for from now on. */
	const char *waits_for;
	bool keeps_on_disconnect;
};

struct asked {
	enum ask_result result;
	bool is_opened, is_joined;   /* PENDING: which of the two */
	struct approval_view view;   /* id is "" when there is none */
	char secret[APPROVAL_ID_LEN + 1]; /* anonymous callers: their ticket is id.secret */
};

typedef void ask_fn(void *owner, const struct asked *asked);
struct store_op *store_ask(struct store *s, const struct ask *ask, ask_fn *fn, void *owner);

/* Wake-ups: something happened to `id` ("": to any), or the link came back.  A hint, nothing more: ask
 * again.  May be called many times. */
struct store_watch;
typedef void wake_fn(void *owner);
struct store_watch *store_watch(struct store *s, const char *id, wake_fn *fn, void *owner);
void store_unwatch(struct store_watch **watch);

/* The waiter gives up waiting.  `cancels`: if nobody else waits, the approval is cancelled
 * (the caller hung up); otherwise it lives on as a ticket.  Fire and forget, retried. */
void store_leave(struct store *s, const char *id, struct span waiter, bool cancels);

enum claim_result {
	CLAIM_TAKEN,      /* one use is ours, and written in the spent log */
	CLAIM_REFUSED,    /* no use left, or no longer approved: ask again */
	CLAIM_UNAVAILABLE /* not known to be taken; it will be closed as burnt if it was */
};
typedef void claim_fn(void *owner, enum claim_result result, const struct approval_view *view);
/*
 * Takes one use of the approval that ASK_GRANTED named; `waiter` leaves with it.  The
 * claim id is made here and kept until the answer is known: a lost reply is asked again.
 * `ret_claim` receives its text for the intent record.
 */
enum { CLAIM_ID_LEN = 32 };
struct store_op *store_claim(struct store *s, const char *id, const struct digest *binding,
                             struct span waiter, char ret_claim[CLAIM_ID_LEN + 1],
                             claim_fn *fn, void *owner);
/*
 * Called before approval.claimed is recorded.  A later start tells by it whether a claim
 * that was left open may have run.  False: it could not be noted, so nothing may be sent.
 */
MUST_CHECK bool store_note_intent(struct store *s, const char *id, const char *claim);
/* The claim came to its end: the outcome is recorded (or known to be unknown). */
void store_close_claim(struct store *s, const char *id, const char *claim, enum claim_end end);

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
};
typedef void decide_fn(void *owner, enum decide_result result, const struct approval_view *view);
/* Verifies the record, checks who decides, signs, makes the audit line durable, then stores. */
struct store_op *store_decide(struct store *s, const struct decision *decision, decide_fn *fn,
                              void *owner);

struct store_settings {
	struct span redis;            /* store.redis as configured, or "unix:..." of the embedded one */
	struct span namespace, username, password;
	const struct keyring *keys;
	const char *state_dir, *node, *boot;
	struct span binding_secret;
	const struct limits *limits;
};
/*
 * Connects in the background and goes on trying; all answers are UNAVAILABLE meanwhile.
 * NULL, and a line in the log, when the address cannot be read or the spent log not opened.
 * Namespace without braces; node and boot without spaces and slashes.
 */
struct store *store_new(struct loop *loop, const struct store_settings *settings,
                        struct audit_ring *ring);
void store_free(struct store **s);
bool store_is_up(const struct store *s);
/* "kept": approvals survive a restart of Redis.  "replication-id": they do not. */
const char *store_epoch_kind(const struct store *s);
/* At start, once per process: closes claims that a dead process of this node left open. */
void store_recover(struct store *s);

#endif
