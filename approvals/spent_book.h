/* What the lines of the spent log come to: uses, noes, and how far each claim got.  Pure. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SPENT_BOOK_H
#define APPROVALS_SPENT_BOOK_H

#include "approvals/table.h"
#include "lib/base/buf.h"
#include "lib/base/clock.h"

/* How a claim ended. */
enum claim_end { CLAIM_END_COMPLETED, CLAIM_END_UNKNOWN, CLAIM_END_BURNT, CLAIM_END_COUNT };
const char *claim_end_name(enum claim_end end);

/* One claim that was taken on this machine. */
struct trace {
	struct table_node node; /* by claim */
	char *id, *claim;
	char *boot, *kernel;    /* of the process and the system that took it; until it ends */
	int64_t last_us;        /* when the approval is over */
	bool has_intent, has_ended;
	enum claim_end end;
};

/* What this machine has seen of one approval. */
struct spent_known {
	bool has_no;      /* a denial */
	bool has_unknown; /* a claim of it has ended as unknown */
	uint64_t uses;    /* taken so far */
};

struct spent_book {
	struct table spents; /* by approval */
	struct table traces; /* by claim */
	size_t prune_at;
};

/*
 * Lines: "took ID CLAIM LAST BOOT KERNEL", "no ID LAST", "intent ID CLAIM",
 * "end ID CLAIM HOW".  LAST is in microseconds.  Others are left out of account.
 */
void spent_book_take(struct spent_book *book, struct span line);
struct spent_known spent_book_look(const struct spent_book *book, struct span id);
const struct trace *spent_book_trace(const struct spent_book *book, struct span claim);
typedef void trace_fn(void *owner, const struct trace *trace);
void spent_book_each(const struct spent_book *book, trace_fn *fn, void *owner);

/* Forgets what was over before `before`, when the book has grown enough to be worth it. */
void spent_book_prune(struct spent_book *book, struct wall before);
/* The lines that give this book again. */
typedef void spent_write_fn(void *owner, struct span line);
void spent_book_write(const struct spent_book *book, spent_write_fn *fn, void *owner);
void spent_book_clear(struct spent_book *book);

#endif
