/* The two lanes of a producing thread, and who waits for a sync.  Inside of the room. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_RING_LANES_H
#define AUDIT_RING_LANES_H

#include <stdatomic.h>

#include "audit/draft.h"
#include "audit/lane.h"
#include "lib/base/list.h"

/*
 * Claims have a lane of their own: when the disk is full and ordinary records are stuck,
 * intents and outcomes still go out, into the room that was kept back for them.
 */
enum ring_lane_id { LANE_ORDINARY, LANE_CLAIMS, LANE_COUNT };

struct waiting {
	uint64_t upto; /* position of the lane behind the record */
	void (*fn)(void *owner, bool is_durable); /* durable_fn; NULL: forgotten */
	void *owner;
};

struct ring_lane {
	struct lane lane;
	char *path;
	/* The producer's: oldest first, from `first` on. */
	struct waiting *waiting;
	size_t first, count, capacity;
	/* The audit thread's: behind the last durable record it has written, not yet synced. */
	uint64_t durable_to, read_durable_to;
	uint64_t syncing_to; /* what the sync under way is for */
	_Atomic uint64_t synced; /* positions: told to the producer */
	_Atomic uint64_t failed;
};

struct audit_ring {
	struct audit *audit;
	struct list node;
	struct ring_lane lanes[LANE_COUNT];
	struct ring_lane *current; /* of the record that is being written */
	struct draft draft;
	struct stamp stamp;
	uint64_t reserved; /* claims */
	int event_fd;
	_Atomic uint64_t refused; /* records that found no room */
	_Atomic bool is_closing;
	bool is_gone; /* under the audit's lock */
};

#endif
