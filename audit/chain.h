/* The chain: each line carries its number and the digest of the line before.  Pure. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_CHAIN_H
#define AUDIT_CHAIN_H

#include "lib/base/buf.h"
#include "lib/base/digest.h"

enum {
	CHAIN_NAME_MAX = 129, /* "node/boot" */
	LINE_MAX_LEN = 8192,
	/* What chain_add() puts around a record of this process, at most; with the line feed. */
	CHAIN_AROUND = 13 + 20 + 10 + CHAIN_NAME_MAX + 10 + 64 + 2 + 1,
};

/* A line's number, and the SHA-256 of its exact bytes without the line feed. */
struct chain_head {
	uint64_t seq;
	struct digest hash;
};

/* The head of a chain without lines is number 0 and 32 zero bytes. */
struct chain {
	char name[CHAIN_NAME_MAX + 1];
	size_t name_len;
	struct chain_head head;
};

void chain_init(struct chain *c, const char *name);
/*
 * Adds the next line to `to`: the prefix of the chain, the members of `record` with the
 * brace that closes them, a line feed.  `recovered` names the chain of the dead process
 * that wrote the record, or is empty.
 */
void chain_add(struct chain *c, struct span record, struct span recovered, struct buf *to);

/* An export may end lines with CR LF; no line of ours ends with a CR. */
static inline struct span
line_without_carriage(struct span text)
{
	return span_of(text.ptr, text.len - (text.len && text.ptr[text.len - 1] == '\r'));
}

/* What every line says of itself, in this order; spans into the line. */
struct line {
	struct span text; /* without the line feed */
	uint64_t seq;
	struct span chain, recovered, id, time, event, code, severity;
	struct digest prev;
};

/* Strict: exactly what chain_add() and draft_begin() write. */
MUST_CHECK bool line_read(struct span text, struct line *ret);

#endif
