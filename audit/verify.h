/* Proves a trail: from its lines and a few trusted heads to what was done to it.  Pure. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_VERIFY_H
#define AUDIT_VERIFY_H

#include "audit/chain.h"
#include "audit/finding.h"
#include "lib/base/signature.h"

/*
 * Lines come in the order of their files, the files in order of time.  Each chain is
 * followed by itself.  What a line says of the line before is believed only as far as
 * something from outside (a head, a key) speaks for a line further on.
 */
struct verify;

struct verify *verify_new(finding_fn *fn, void *owner);
void verify_free(struct verify *v);

/* Before the first line.  A head without a chain's name may be any chain's.  Keys are
 * borrowed; with one, a checkpoint signed by none of them is an alteration. */
void verify_trust_key(struct verify *v, const struct public_key *key);
void verify_trust_head(struct verify *v, struct span chain, const struct chain_head *head);
/* The same of a chain whose lines stand in another trail, unless some are seen here. */
void verify_trust_other_head(struct verify *v, struct span chain,
                             const struct chain_head *head);
/* The newest file is among those that come: what heads know of cannot be in a newer one. */
void verify_has_newest(struct verify *v);

void verify_begin_file(struct verify *v, const char *name); /* borrowed */
/* `is_whole`: a line feed follows; only the last line of a file may be without.  A CR before
 * it is the transport's. */
void verify_line(struct verify *v, struct span text, bool is_whole);

enum verify_result {
	VERIFY_PROVEN,   /* every chain, to its end */
	VERIFY_UNPROVEN, /* nothing is wrong with what is there; more may have been */
	VERIFY_ALTERED
};

/* After the last line; tells what only then can be told. */
enum verify_result verify_end(struct verify *v);

/* The chains, in the order in which they came; false past the last. */
struct verify_chain {
	struct span name;
	uint64_t first, last; /* numbers of lines */
	uint64_t proven;      /* up to this line; 0: none */
	bool is_proven;       /* no line follows the last */
};
bool verify_chain(const struct verify *v, size_t index, struct verify_chain *ret);
/* Of the chain whose line came last. */
size_t verify_last_chain(const struct verify *v);
uint64_t verify_lines(const struct verify *v);

#endif
