/* The producing thread's side. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "audit/path.h"
#include "audit/ring_lanes.h"
#include "audit/writer.h"
#include "lib/base/memory.h"

enum {
	ORDINARY_BYTES = 4 * 1024 * 1024,
	CLAIMS_BYTES = 16 * 1024 * 1024,
	/* One claim makes an intent, an outcome, and how the answer was relayed: with what the
	 * chain adds these are together no more than AUDIT_RESERVE. */
	INTENT_MAX = 3328,
	OUTCOME_MAX = 2016,
	CLAIMS_SLACK = 64 * 1024, /* for laps, and records without a reservation */
	WAKE_SHIFT = 16,          /* every 64 KiB it is looked at ... */
	WAKE_BYTES = 256 * 1024,  /* ... whether so much waits */
};

_Static_assert(INTENT_MAX + 2 * OUTCOME_MAX + 3 * CHAIN_AROUND <= AUDIT_RESERVE,
               "a claim fits into what is kept back for it");

static bool
open_lane(struct ring_lane *lane, const char *dir, const char *name, uint64_t size,
          struct buf *why)
{
	lane->path = path_join(dir, name);
	if (lane_create(&lane->lane, lane->path, size, why))
		return true;
	free(lane->path);
	lane->path = NULL;
	return false;
}

static bool
open_lanes(struct audit_ring *ring, const char *name, struct buf *why)
{
	const char *dir = ring->audit->boot.dir;
	struct buf ordinary = BUF_INIT(128), claims = BUF_INIT(128);
	bool is_open;

	buf_addf(&ordinary, "%s.ring", name);
	buf_addf(&claims, "%s.claims.ring", name);
	is_open = open_lane(&ring->lanes[LANE_ORDINARY], dir, buf_cstr(&ordinary),
	                    ORDINARY_BYTES, why) &&
	          open_lane(&ring->lanes[LANE_CLAIMS], dir, buf_cstr(&claims), CLAIMS_BYTES, why);
	buf_clear(&ordinary);
	buf_clear(&claims);
	return is_open;
}

static void
ring_free(struct audit_ring *ring)
{
	for (size_t i = 0; i < LANE_COUNT; i++) {
		lane_unmap(&ring->lanes[i].lane);
		free(ring->lanes[i].path);
		free(ring->lanes[i].waiting);
	}
	if (ring->event_fd >= 0)
		close(ring->event_fd);
	free(ring);
}

struct audit_ring *
audit_ring_new(struct audit *audit, const char *name, struct buf *why)
{
	struct audit_ring *ring = memory_new(sizeof(*ring));

	ring->audit = audit;
	ring->draft.style = &audit->style;
	ring->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (ring->event_fd < 0)
		buf_addf(why, "eventfd: %s", strerror(errno));
	if (ring->event_fd < 0 || !open_lanes(ring, name, why)) {
		for (size_t i = 0; i < LANE_COUNT; i++) {
			if (ring->lanes[i].path)
				unlink(ring->lanes[i].path);
		}
		ring_free(ring);
		return NULL;
	}
	stamp_init(&ring->stamp);
	pthread_mutex_lock(&audit->lock);
	list_add_last(&audit->rings, &ring->node);
	pthread_mutex_unlock(&audit->lock);
	return ring;
}

void
audit_ring_close(struct audit_ring **pointer)
{
	struct audit_ring *ring = *pointer;
	struct audit *audit;

	*pointer = NULL;
	if (!ring)
		return;
	audit = ring->audit;
	atomic_fetch_sub(&audit->reserved, ring->reserved * AUDIT_RESERVE);
	atomic_store(&ring->is_closing, true);
	audit_wake(audit);
	pthread_mutex_lock(&audit->lock);
	while (!ring->is_gone)
		pthread_cond_wait(&audit->changed, &audit->lock);
	pthread_mutex_unlock(&audit->lock);
	ring_free(ring);
}

static bool
is_of_claim(enum record_code code)
{
	switch (code) {
	case RECORD_APPROVAL_CLAIMED:
	case RECORD_APPROVAL_COMPLETED:
	case RECORD_APPROVAL_RELAYED:
	case RECORD_APPROVAL_OUTCOME_UNKNOWN:
	case RECORD_APPROVAL_BURNT:
		return true;
	default:
		return false;
	}
}

struct emit *
record_begin(struct audit_ring *ring, enum record_code code, struct wall now)
{
	size_t max = DRAFT_MAX;
	char *room;

	ring->current = &ring->lanes[LANE_ORDINARY];
	if (UNLIKELY(is_of_claim(code))) {
		ring->current = &ring->lanes[LANE_CLAIMS];
		max = code == RECORD_APPROVAL_CLAIMED ? INTENT_MAX : OUTCOME_MAX;
	}
	room = lane_room(&ring->current->lane, max);
	if (UNLIKELY(!room)) {
		atomic_fetch_add_explicit(&ring->refused, 1, memory_order_relaxed);
		audit_wake(ring->audit);
		return NULL;
	}
	draft_begin(&ring->draft, room, max, &ring->stamp, code, now);
	return &ring->draft.emit;
}

void
record_end(struct audit_ring *ring)
{
	struct lane *lane = &ring->current->lane;
	uint64_t before = lane->head;

	lane_commit(lane, draft_end(&ring->draft), LANE_PLAIN);
	if (UNLIKELY((before ^ lane->head) >> WAKE_SHIFT) && lane_waiting(lane) > WAKE_BYTES)
		audit_wake(ring->audit);
}

static void
add_waiting(struct ring_lane *lane, struct waiting waiting)
{
	if (lane->count == lane->capacity && lane->first > lane->capacity / 2) {
		lane->count -= lane->first;
		memmove(lane->waiting, lane->waiting + lane->first,
		        lane->count * sizeof(*lane->waiting));
		lane->first = 0;
	} else if (lane->count == lane->capacity) {
		lane->capacity = lane->capacity ? lane->capacity * 2 : 64;
		lane->waiting = memory_resize(lane->waiting,
		                              lane->capacity * sizeof(*lane->waiting));
	}
	lane->waiting[lane->count++] = waiting;
}

void
record_end_durable(struct audit_ring *ring, durable_fn *fn, void *owner)
{
	struct ring_lane *lane = ring->current;

	lane_commit(&lane->lane, draft_end(&ring->draft), LANE_DURABLE);
	add_waiting(lane, (struct waiting){lane->lane.head, fn, owner});
	audit_wake(ring->audit);
}

void
record_forget(struct audit_ring *ring, void *owner)
{
	for (size_t i = 0; i < LANE_COUNT; i++) {
		struct ring_lane *lane = &ring->lanes[i];

		for (size_t at = lane->first; at < lane->count; at++) {
			if (lane->waiting[at].owner == owner)
				lane->waiting[at].fn = NULL;
		}
	}
}

bool
audit_reserve(struct audit_ring *ring)
{
	struct audit *audit = ring->audit;
	struct lane *lane = &ring->lanes[LANE_CLAIMS].lane;
	uint64_t taken;

	if (!atomic_load_explicit(&audit->is_well, memory_order_relaxed) ||
	    lane_waiting(lane) + CLAIMS_SLACK + (ring->reserved + 1) * AUDIT_RESERVE > lane->size)
		return false;
	taken = atomic_fetch_add(&audit->reserved, AUDIT_RESERVE);
	if (taken + AUDIT_RESERVE > atomic_load(&audit->left)) {
		atomic_fetch_sub(&audit->reserved, AUDIT_RESERVE);
		return false;
	}
	ring->reserved++;
	return true;
}

void
audit_release(struct audit_ring *ring)
{
	if (ring->reserved == 0)
		return;
	ring->reserved--;
	atomic_fetch_sub(&ring->audit->reserved, AUDIT_RESERVE);
}

int
audit_ring_fd(const struct audit_ring *ring)
{
	return ring->event_fd;
}

/* The callback may add, forget, and poll again: nothing is kept across it. */
static void
tell_lane(struct ring_lane *lane)
{
	uint64_t synced = atomic_load_explicit(&lane->synced, memory_order_acquire);
	uint64_t failed = atomic_load_explicit(&lane->failed, memory_order_acquire);

	while (lane->first < lane->count) {
		struct waiting waiting = lane->waiting[lane->first];

		if (waiting.upto > synced && waiting.upto > failed)
			return;
		lane->first++;
		if (waiting.fn)
			waiting.fn(waiting.owner, waiting.upto <= synced);
	}
}

void
audit_ring_poll(struct audit_ring *ring)
{
	uint64_t count;
	ssize_t ignored UNUSED = read(ring->event_fd, &count, sizeof(count));

	for (size_t i = 0; i < LANE_COUNT; i++)
		tell_lane(&ring->lanes[i]);
}
