/* A producing thread's way into the trail: records, and when they are durable. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_RING_H
#define AUDIT_RING_H

#include "audit/event.h"
#include "lib/base/clock.h"
#include "lib/base/emit.h"

struct audit;
/* One producing thread's way in: a ring in a shared-mapped file under the state directory,
 * drained by the audit thread within 50 ms and, after a crash, at the next start. */
struct audit_ring;

/* `name` tells rings of a process apart ("worker-0", "admin"). */
MUST_CHECK struct audit_ring *audit_ring_new(struct audit *audit, const char *name,
                                             struct buf *why);
void audit_ring_close(struct audit_ring **ring);

/*
 * Begins a record: id, time, event, code and severity are written, the caller adds members
 * (audit/record.h has those that many share) and then ends it.  One at a time per ring;
 * beginning again drops what was not ended.  Members that make a line longer than 8 KiB are
 * left out and `truncated` says so.  NULL: there is no room, and the trail will tell of it as
 * a gap; whether the caller goes on is audit.on_failure's matter.  While the trail is unwell
 * records still find room, and are written when it is well again: ask audit_is_well().
 */
struct emit *record_begin(struct audit_ring *ring, enum record_code code, struct wall now);
/* Queued: a kill of the process does not lose it. */
void record_end(struct audit_ring *ring);

/* Called on the ring's thread, from audit_ring_poll(). */
typedef void durable_fn(void *owner, bool is_durable);
/*
 * Queued, and told when it is synced to the device, or that it cannot be now.  What could not
 * be synced in time stays queued and may stand in the trail later: an intent that failed is
 * followed by approval.burnt, not by silence.
 */
void record_end_durable(struct audit_ring *ring, durable_fn *fn, void *owner);
/* The owner is gone; the record stays. */
void record_forget(struct audit_ring *ring, void *owner);

/* Room on the disk and in the ring for the intent and outcome of one claim, taken before
 * claiming, given back after its last record; false: none is left, or the trail is unwell. */
enum { AUDIT_RESERVE = 8 * 1024 };
MUST_CHECK bool audit_reserve(struct audit_ring *ring);
void audit_release(struct audit_ring *ring);

/* Readable when audit_ring_poll() has something to tell. */
int audit_ring_fd(const struct audit_ring *ring);
void audit_ring_poll(struct audit_ring *ring);

#endif
