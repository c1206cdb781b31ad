/* Follows each chain line by line, and says what does not fit.  Inside of the verifier. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_FOLLOW_H
#define AUDIT_FOLLOW_H

#include "audit/verify.h"

struct place {
	const char *file;
	uint64_t line;
};

/* Numbers that were passed over; a line that comes later may fill them. */
struct hole {
	uint64_t from, to;
	struct place place;
};

enum end_proof { END_UNPROVEN, END_CLOSED, END_SUCCESSOR, END_HEAD };

struct followed {
	char name[CHAIN_NAME_MAX];
	size_t name_len;
	uint64_t first;
	struct chain_head last;
	struct place last_place;
	bool last_is_bad;      /* and was reported: its successor is believed */
	/* The last line does not link to the one before it: the line that follows decides
	 * which of the two was altered. */
	bool has_doubt;
	struct place doubt_place; /* of the one before */
	struct hole *holes;
	size_t hole_count;
	bool is_closed;        /* the last line is a closing checkpoint, properly signed */
	size_t successor;      /* index + 1 of the chain that names our last line as our end */
	uint64_t successor_seq;
	uint64_t met_head;     /* number of the last line that was a trusted head */
	uint64_t proven;
	enum end_proof end_proof;
};

struct trusted {
	char name[CHAIN_NAME_MAX];
	size_t name_len; /* 0: any chain's */
	struct chain_head head;
	bool is_found;
	size_t rival;    /* index + 1 of a chain whose line of this number is another */
	struct place rival_place;
};

struct verify {
	finding_fn *fn;
	void *owner;
	struct followed *chains;
	size_t chain_count;
	size_t last_chain; /* of the line that came last */
	struct trusted *trusted;
	size_t trusted_count;
	const struct public_key **keys;
	size_t key_count;
	struct place here, unreadable;
	bool has_unreadable, is_altered;
	uint64_t lines;
};

struct where {
	struct place place;
	const struct followed *chain; /* or NULL */
	uint64_t seq;
};

void verify_report(struct verify *v, enum finding_kind kind, const struct where *where,
                   const char *format, ...) PRINTF_LIKE(4, 5);
void verify_tell_unreadable(struct verify *v, struct followed *c, uint64_t seq);

struct followed *follow_find(struct verify *v, struct span name);
void follow_line(struct verify *v, const struct line *line);
void follow_end(struct verify *v, struct followed *c);

#endif
