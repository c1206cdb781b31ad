/* One question under way: what is asked, and how far it got.  For store_ask*.c alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORE_ASK_H
#define APPROVALS_STORE_ASK_H

#include "approvals/store_op.h"
#include "approvals/store_record.h"

struct ask_op {
	struct store_op op;
	ask_fn *fn;
	json_t *draft;
	struct buf sealed;             /* the request, while it is under way */
	struct requirement requirement;
	struct digest binding;
	struct span who;               /* hex: what limits count by */
	struct span requester;         /* the user; empty: unnamed */
	struct span waiter;
	struct joiner joiner;          /* whoever asks, should he join */
	struct person person;
	int64_t lease_us;
	char known[ULID_LEN + 1];      /* waited for, or named by the ticket; or "" */
	struct span secret;            /* of the ticket */
	bool is_ticket;                /* `known` came from the caller */
	bool is_checked_again;
	bool is_shown;                 /* the ticket is this caller's, for this action */
	bool was_waiting;              /* its waiter goes on waiting, whatever we answer */
	char ignored[ULID_LEN + 1];    /* stands in the way and does not verify */
	char follows[ULID_LEN + 1];
	char id[ULID_LEN + 1];         /* of the one we would open */
	char new_secret[ULID_LEN + 1];
	unsigned tries;
};

/* A copy of what is asked; nothing is sent yet, and it is not among the store's operations. */
struct ask_op *ask_make(struct store *s, const struct ask *ask);
/* "id" or "id.secret".  False: it cannot be one of ours. */
MUST_CHECK bool ask_read_ticket(struct ask_op *a, struct span ticket);
/* Makes and seals the request that would be opened now. */
void ask_stamp(struct ask_op *a, struct wall now);

#endif
