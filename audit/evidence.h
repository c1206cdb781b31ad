/* What the verifier has seen so far of each chain, and how it tells.  Inside of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_EVIDENCE_H
#define AUDIT_EVIDENCE_H

#include "audit/chain.h"
#include "audit/finding.h"
#include "lib/base/signature.h"

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
	bool is_sealed;        /* the last line is a checkpoint: so a file is left */
	bool is_closed;        /* … a closing one, properly signed */
	bool has_signature;    /* a checkpoint was properly signed */
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
	bool is_elsewhere; /* of a chain that writes another trail */
	size_t rival;    /* index + 1 of a chain whose line of this number is another */
	struct place rival_place;
};

/* Where the successor itself found its last line, as it started. */
enum stood { STOOD_UNKNOWN, STOOD_HERE, STOOD_NOWHERE };

/* A chain that is named as ended, and was not seen until then. */
struct absent {
	char name[CHAIN_NAME_MAX];
	size_t name_len;
	struct chain_head head;
	enum stood stood;
	bool has_before; /* lines were read before the one that names it */
	struct place place;
	size_t successor; /* index + 1 */
	uint64_t successor_seq;
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
	struct absent *absent;
	size_t absent_count;
	bool has_newest;     /* nothing newer stands in another file */
	bool needs_more;     /* lines that are known of may stand in files that were not given */
	bool has_carriage;   /* a line ended with CR LF, and it was said */
	uint64_t signed_count, unsigned_count; /* checkpoints */
	struct place here, unreadable;
	bool has_unreadable, is_altered;
	uint64_t lines;
};

struct where {
	struct place place;
	const struct followed *chain; /* or NULL */
	uint64_t seq;
};

/* The chain of this name, or NULL. */
struct followed *evidence_find(struct verify *v, struct span name);

void evidence_tell(struct verify *v, enum finding_kind kind, const struct where *where,
                   const char *format, ...) PRINTF_LIKE(4, 5);
/* The line that could not be read, if there is one that was not told of yet. */
void evidence_tell_unreadable(struct verify *v, struct followed *c, uint64_t seq);

#endif
