/* One writer, one reader, and the bytes between them in a mapped file: survives a kill. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_LANE_H
#define AUDIT_LANE_H

#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/span.h"

struct lane_file;

/*
 * Positions count bytes since the lane was made and never go back.  A record's bytes are
 * contiguous and seen only whole: the writer moves `head` after they stand there, the
 * reader moves `tail` after they stand elsewhere.
 */
struct lane {
	struct lane_file *file; /* mapped, shared */
	char *data;
	uint64_t size;
	uint64_t head;      /* the writer's */
	uint64_t tail_seen; /* the writer's: where the reader was when last looked at */
	uint64_t read_to;   /* the reader's: between tail and head */
};

enum lane_flag { LANE_PLAIN, LANE_DURABLE };

struct lane_record {
	struct span bytes; /* in the mapping */
	enum lane_flag flag;
};

/* Makes the file with all its blocks, so that a full disk cannot break the mapping. */
MUST_CHECK bool lane_create(struct lane *l, const char *path, uint64_t size, struct buf *why);
/* Opens what a dead process left.  False when it is no lane; without a word in `why` when
 * the process died while it made it, so that no record can be in it. */
MUST_CHECK bool lane_open(struct lane *l, const char *path, struct buf *why);
void lane_unmap(struct lane *l);

/* The writer: `len` contiguous bytes, or NULL; then how many of them are a record. */
MUST_CHECK char *lane_room(struct lane *l, size_t len);
void lane_commit(struct lane *l, size_t len, enum lane_flag flag);
/* Bytes that the reader has not taken, as far as the writer can tell. */
uint64_t lane_waiting(struct lane *l);

/* The reader: the next record, if there is one; what was read is taken, or read again. */
MUST_CHECK bool lane_next(struct lane *l, struct lane_record *ret);
bool lane_is_empty(const struct lane *l);
void lane_take(struct lane *l);
void lane_rewind(struct lane *l);
/* Where the writer is now. */
uint64_t lane_head(const struct lane *l);

#endif
