/* The audit file: appended to by several processes, whole lines only, with room kept back. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_TRAIL_H
#define AUDIT_TRAIL_H

#include "audit/chain.h"

enum { TRAIL_RESERVE = 8 * 1024 * 1024 };

enum trail_result {
	TRAIL_DONE,
	TRAIL_FULL,  /* only what was kept back is left */
	TRAIL_FAILED, /* errno says why; nothing was added */
	TRAIL_MOVED  /* somebody else removed or cut the file: begin it anew, then try again */
};

/* What happened to the file behind our back; told in the trail, then reset. */
struct trail_news {
	uint64_t torn_bytes; /* of a line that a dead process left half-written: cut off */
	struct digest torn;  /* SHA-256 of these bytes */
	uint64_t lost_bytes; /* the file was cut, or removed, by somebody else */
	bool was_removed;
};

struct trail {
	char *path;
	int fd;
	uint64_t device, inode;
	uint64_t size;      /* at the end of our last batch */
	uint64_t allocated; /* blocks, in bytes, as of then */
	uint64_t synced;    /* everything of ours below this offset was synced */
	uint64_t reserve;   /* bytes kept allocated past the end; 0: not on this file system */
	bool has_reserve;   /* that much could be had once */
	bool is_poisoned;   /* a sync failed: what the page cache holds may not be on the device */
	struct trail_news news;
};

/* Refuses what is no regular file, or others may write.  Makes it with mode 0600. */
MUST_CHECK bool trail_open(struct trail *t, const char *path, struct buf *why);
/* Gives back what was kept back. */
void trail_close(struct trail *t);

/* Takes the lock, and makes sure that the file ends with a whole line. */
MUST_CHECK bool trail_begin(struct trail *t);
/* All of `lines`, or none; within the room kept back only if `uses_reserve`. */
MUST_CHECK enum trail_result trail_write(struct trail *t, struct span lines,
                                         bool uses_reserve);
void trail_end(struct trail *t);

/*
 * After a failed sync: writes the same bytes again from where the last good sync was, and
 * syncs.  False: not yet, or never (then a person must move the file away and reopen).
 */
MUST_CHECK bool trail_repair(struct trail *t);

/* Bytes that claims may still use. */
uint64_t trail_left(const struct trail *t);
/* Whether the name leads to another file by now. */
bool trail_was_renamed(const struct trail *t);

#endif
