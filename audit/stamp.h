/* Ids and times of records, cheap enough for every call: no system call, no division. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_STAMP_H
#define AUDIT_STAMP_H

#include "lib/base/clock.h"

enum { STAMP_ID = 26, STAMP_TIME = WALL_TEXT - 1 };

/*
 * One per writing thread.  The id is a ULID: 48 bits of milliseconds, then 40 random bits
 * that stay and 40 that start at random and count up, so that no two of one thread and
 * (but for a chance of one in 2^80) no two of different threads are equal.
 */
struct stamp {
	int64_t ms;
	int64_t second;
	uint64_t count;
	char id[STAMP_ID];
	char time[WALL_TEXT];
};

void stamp_init(struct stamp *s);
/* Fills `id` and `time` for a new record. */
void stamp_next(struct stamp *s, struct wall now);

#endif
