/* What a gated call needs beyond others; made when a rule asks for approval. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_GATED_H
#define PROXY_GATED_H

#include "approvals/store.h"
#include "lib/base/list.h"
#include "proxy/prefer.h"
#include "proxy/refusal.h"

struct exchange;

typedef void answer_fn(struct exchange *x, const struct asked *asked);

struct gated {
	struct exchange *exchange;
	struct list asking;     /* its turn to ask the store has not come */
	answer_fn *on_answer;
	void (*ask_again)(struct exchange *x); /* the claim was refused */
	struct buf answer;      /* its head, while the outcome is made durable */
	struct buf answer_body; /* what came with it */
	/* Of the requirement, which each look at the rules gives anew. */
	int64_t hold_for_us;
	uint64_t uses;
	int pending_status;
	struct digest binding, effect, body_digest;
	uint64_t regime;        /* the number of the latest one it was judged under */
	struct prefer prefer;
	struct approval_view view;  /* as last told; its spans and detail are not kept */
	char secret[APPROVAL_ID_LEN + 1];
	char claim[CLAIM_ID_LEN + 1];
	char waiter[CLAIM_ID_LEN + 1];
	struct store_op *question;  /* store_ask() under way */
	struct store_op *claiming;  /* store_claim() under way */
	struct store_watch *watch;
	struct mono held_since, hold_until;
	bool rejects : 1;
	bool keeps_on_disconnect : 1;
	bool has_bound : 1;
	bool is_waiting : 1;        /* was told PENDING and stays */
	bool has_looked_twice : 1;
	bool has_reserve : 1;       /* audit_reserve() */
	bool has_claim : 1;
	bool answer_is_last : 1;
	bool is_recording : 1;      /* a durable record is on its way, and will call back */
	bool is_woken : 1;          /* while the store was being asked */
	enum refusal pending_refusal; /* said when the record of an unknown outcome is through */
};

/* What it brings along in its head, and what the rules ask for. */
struct gated *gated_new(const struct head *head, const struct requirement *r);
/* Whatever is under way has been ended.  Sets the pointer to NULL. */
void gated_free(struct gated **gated);
/* What the rules ask for, as the latest look found it. */
void gated_take(struct gated *g, const struct requirement *r);
/* Remembers what the store told of it; nothing borrowed is kept. */
void gated_keep_view(struct gated *g, const struct approval_view *view);

#endif
