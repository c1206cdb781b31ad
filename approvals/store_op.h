/* Operations of the store: their life, their scripts, and what comes back.  For store*.c alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORE_OP_H
#define APPROVALS_STORE_OP_H

#include "approvals/store_state.h"

/* Part of every operation; ended exactly once. */
struct store_op {
	struct list node;
	struct store *store;            /* NULL: it is gone, and so is who asked */
	void *owner;
	bool is_forgotten;
	struct arena arena;
	void (*fail)(struct store_op *op);  /* tells that the store is unavailable, and ends it */
	void (*clear)(struct store_op *op); /* what is not in the arena; may be NULL */
	bool is_deferred;
};

void op_begin(struct store *s, struct store_op *op, void *owner,
              void (*fail)(struct store_op *op), void (*clear)(struct store_op *op));
void op_end(struct store_op *op);
/* fail() when this turn ends. */
void op_fail_later(struct store_op *op);
/* The store goes: frees them without a word. */
void ops_drop(struct store *s);

/* Learns the epoch; the store is ready, or not, when the answer is there. */
void store_say_hello(struct store *s);
/* Runs a script; ARGV begins with what prelude.lua wants. */
void store_run(struct store *s, enum script script, const struct span *args, size_t count,
               reply_fn *fn, void *owner);

/* What a script answered. */
enum answer_kind {
	ANSWER_LOST,  /* nobody knows whether it ran */
	ANSWER_ERROR, /* Redis refused, or said something that is not an answer */
	ANSWER_EPOCH, /* not carried out: another epoch, known now */
	ANSWER_SKEW,  /* not carried out: the clocks are too far apart */
	ANSWER_GIVEN
};
struct answer {
	enum answer_kind kind;
	struct span status;
	struct wall now; /* by Redis' clock */
	const struct resp *reply;
};
/* Where the script's own values begin. */
enum { ANSWER_VALUES = 5 };
struct answer store_answer(struct store *s, const struct resp *reply);

/* Texts of numbers for scripts, in the operation's arena. */
struct span number_text(struct arena *arena, int64_t number);
struct span sources_text(struct arena *arena, enum approval_event event);

/* Verifies; NULL: there is none, or it counts as none, which the trail then says. */
struct stored *store_verify(struct store *s, const struct resp *record, struct span id);
void store_report_forged(struct store *s, struct span id, const char *fault);
void store_forged_clear(struct store *s);
struct stored *store_verify_own(struct store *s, struct span sealed);
/* Fills `view` and gives it a detail, to be released with view_clear(). */
void view_fill(struct approval_view *view, const struct stored *stored, struct wall now);
void view_clear(struct approval_view *view);

#endif
