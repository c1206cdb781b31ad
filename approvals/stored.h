/* What Redis says of one approval, checked: nothing of it counts that does not verify. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORED_H
#define APPROVALS_STORED_H

#include "approvals/approval.h"
#include "approvals/signed_decision.h"
#include "approvals/spent_book.h"
#include "lib/net/resp.h"

enum { VOTES_MAX = 128 };

struct stored {
	struct span sealed;             /* the signed request's bytes; borrowed from the reply */
	struct signed_request request;
	struct span vote_bytes[VOTES_MAX]; /* borrowed from the reply */
	struct signed_decision votes[VOTES_MAX];
	size_t vote_count;
	struct tally tally;
	struct approval_facts facts;
	bool has_review;                /* a use had an unknown outcome: the rest is blocked */
	bool is_of_epoch;
	struct spent_known known;       /* by our own disk, as this was read */
};

/* What it is held against; all borrowed. */
struct stored_check {
	const struct keyring *keys;
	struct span namespace, epoch;
	struct span id; /* as asked for; empty: any */
};

/*
 * Reads what record() of prelude.lua gives.  NULL when all of it is as it must be; else why
 * not, in a word for the record.  Freed with stored_free().
 */
struct stored *stored_read(const struct resp *record, const struct stored_check *check,
                           const char **ret_fault);
/* One that was just made and stands as it was sealed. */
struct stored *stored_opened(struct span sealed, const struct stored_check *check);
void stored_free(struct stored *s);

/* Enough people by this requirement as well, not only by the one that was signed. */
bool stored_meets(const struct stored *s, const struct requirement *requirement);
/* Whether it is this caller's: the same user, or, of an unnamed one, the ticket's secret. */
bool stored_is_of(const struct stored *s, struct span user, struct span secret);

/* Whether our own disk contradicts what was read: somebody was faster, or somebody has put
 * back what was used or hidden a no.  Reading again tells which. */
bool stored_is_contradicted(const struct stored *s);

/* Another epoch is over: what was agreed in it may have been used in what was lost. */
enum approval_state stored_state(const struct stored *s, struct wall now);
/* End of the state it is in. */
struct wall stored_until(const struct stored *s, enum approval_state state);
/* The object that the admin API shows; the caller's to release. */
json_t *stored_detail(const struct stored *s, enum approval_state state);
/* The decision that ended it, or NULL. */
const struct signed_decision *stored_denial(const struct stored *s);

#endif
