/* What a call needs of a store of approvals: ask, wait, claim, and tell how it ended. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORE_CALLS_H
#define APPROVALS_STORE_CALLS_H

#include "approvals/spent_book.h"
#include "approvals/store_view.h"

enum ask_result {
	ASK_GRANTED,     /* enough valid decisions stand and a use is left: store_claim() it */
	ASK_PENDING,     /* opened, or joined */
	ASK_DENIED,
	ASK_SPENT,       /* the approval waited for (or named by ticket) has no use left */
	ASK_UNDER_REVIEW, /* the same, and what came of one of its uses is not known */
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

/* The waiter waits for another approval from now on, because the rules have changed: if nobody
 * else waits for this one, it is superseded.  Fire and forget, retried. */
void store_replace(struct store *s, const char *id, struct span waiter);

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

#endif
