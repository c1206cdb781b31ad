/* The audit thread: rings in, lines out, syncs for those who wait for one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "audit/ring_lanes.h"
#include "audit/writer.h"
#include "lib/base/log.h"

enum {
	TICK_MS = 50,
	BATCHES_MOST = 64, /* in one pass, before those who wait for a sync get one */
};

#define EACH_RING(a, ring, node) \
	LIST_EACH (&(a)->rings, node) \
		for (struct audit_ring *ring = LIST_ENTRY(node, struct audit_ring, node); ring; \
		     ring = NULL)

static void
collect_lane(struct audit *a, struct ring_lane *lane)
{
	struct lane_record record;

	while (a->batch.len < BATCH_BYTES && lane_next(&lane->lane, &record)) {
		writer_add(a, record.bytes, SPAN_NONE);
		if (record.flag == LANE_DURABLE)
			lane->read_durable_to = lane->lane.read_to;
	}
}

static void
collect(struct audit *a, enum ring_lane_id id)
{
	EACH_RING(a, ring, node)
	{
		a->gap.records += atomic_exchange_explicit(&ring->refused, 0,
		                                           memory_order_relaxed);
		collect_lane(a, &ring->lanes[id]);
	}
}

/* What was collected is in the file; or it was not, and will be collected again. */
static void
keep(struct audit *a, bool is_written)
{
	EACH_RING(a, ring, node)
	{
		for (size_t i = 0; i < LANE_COUNT; i++) {
			struct ring_lane *lane = &ring->lanes[i];

			if (is_written) {
				lane_take(&lane->lane);
				lane->durable_to = lane->read_durable_to;
			} else {
				lane_rewind(&lane->lane);
				lane->read_durable_to = lane->durable_to;
			}
		}
	}
}

static void
notify(const struct audit_ring *ring)
{
	static const uint64_t one = 1;
	ssize_t ignored UNUSED = write(ring->event_fd, &one, sizeof(one));
}

/* Those who wait on lanes that cannot be written are told so. */
static void
fail(struct audit *a, enum ring_lane_id id)
{
	EACH_RING(a, ring, node)
	{
		struct ring_lane *lane = &ring->lanes[id];
		uint64_t head = lane_head(&lane->lane);

		if (lane_is_empty(&lane->lane) || atomic_load(&lane->failed) == head)
			continue;
		atomic_store_explicit(&lane->failed, head, memory_order_release);
		notify(ring);
	}
}

static bool
is_waited_for(struct audit *a)
{
	EACH_RING(a, ring, node)
	{
		for (size_t i = 0; i < LANE_COUNT; i++) {
			if (ring->lanes[i].durable_to > atomic_load(&ring->lanes[i].synced))
				return true;
		}
	}
	return false;
}

/* Those who wait for the sync that has ended.  A failed one fails for later records too:
 * nothing that the page cache holds is certain any more. */
static void
tell(struct audit *a, bool is_synced)
{
	EACH_RING(a, ring, node)
	{
		bool has_news = false;

		for (size_t i = 0; i < LANE_COUNT; i++) {
			struct ring_lane *lane = &ring->lanes[i];
			uint64_t upto = is_synced ? lane->syncing_to : lane->durable_to;

			if (upto <= atomic_load(&lane->synced))
				continue;
			atomic_store_explicit(is_synced ? &lane->synced : &lane->failed, upto,
			                      memory_order_release);
			has_news = true;
		}
		if (has_news)
			notify(ring);
	}
}

static void
begin_sync(struct audit *a)
{
	EACH_RING(a, ring, node)
	{
		for (size_t i = 0; i < LANE_COUNT; i++)
			ring->lanes[i].syncing_to = ring->lanes[i].durable_to;
	}
	writer_begin_sync(a);
}

static void
end_sync(struct audit *a, bool waits)
{
	enum sync_state state = writer_end_sync(a, waits);

	if (state == SYNC_DONE || state == SYNC_FAILED)
		tell(a, state == SYNC_DONE);
}

static void
set_well(struct audit *a, bool is_well, int error)
{
	if (atomic_exchange(&a->is_well, is_well) == is_well)
		return;
	if (is_well)
		log_info("audit.well", "%s can be written again", a->trail.path);
	else
		log_error("audit.unwell", "%s cannot be written: %s; records wait in %s/rings",
		          a->trail.path, strerror(error), a->state_dir);
}

/* Ordinary records stay where they are; claims go into the room kept back for them. */
static void
write_claims_only(struct audit *a, enum trail_result why)
{
	fail(a, LANE_ORDINARY);
	if (why == TRAIL_FULL) {
		collect(a, LANE_CLAIMS);
		if (a->batch.len == 0)
			return;
		why = writer_flush(a, true);
		keep(a, why == TRAIL_DONE);
	}
	if (why != TRAIL_DONE)
		fail(a, LANE_CLAIMS);
}

static bool
write_all(struct audit *a)
{
	for (int i = 0; i < BATCHES_MOST; i++) {
		enum trail_result result;
		int error;

		writer_add_news(a);
		collect(a, LANE_ORDINARY);
		collect(a, LANE_CLAIMS);
		if (a->batch.len == 0 && (i > 0 || atomic_load(&a->is_well)))
			return true;
		result = writer_flush(a, false);
		error = errno;
		keep(a, result == TRAIL_DONE);
		if (result == TRAIL_MOVED || result == TRAIL_DONE)
			continue;
		set_well(a, false, error);
		write_claims_only(a, result);
		return false;
	}
	return true;
}

static void
pass(struct audit *a)
{
	bool is_written = false;

	end_sync(a, false);
	/* On pages that may never reach the device nothing more is built. */
	if (a->trail.is_poisoned && !writer_repair(a)) {
		fail(a, LANE_ORDINARY);
		fail(a, LANE_CLAIMS);
	} else {
		is_written = write_all(a);
		if (!a->is_syncing && (a->wants_anchor || is_waited_for(a)))
			begin_sync(a);
	}
	set_well(a, is_written, errno);
}

static bool
is_drained(struct audit_ring *ring)
{
	return lane_is_empty(&ring->lanes[LANE_ORDINARY].lane) &&
	       lane_is_empty(&ring->lanes[LANE_CLAIMS].lane);
}

/* Rings whose thread is done.  One that cannot be drained stays for the next start. */
static void
let_go(struct audit *a)
{
	EACH_RING(a, ring, node)
	{
		if (!atomic_load(&ring->is_closing))
			continue;
		if (is_drained(ring)) {
			for (size_t i = 0; i < LANE_COUNT; i++)
				unlink(ring->lanes[i].path);
		} else if (atomic_load(&a->is_well)) {
			continue;
		} else {
			a->keeps_rings = true;
		}
		list_remove(node);
		ring->is_gone = true;
		pthread_cond_broadcast(&a->changed);
	}
}

/* Seals the file under its old name, and begins the one that has its name now. */
static void
reopen(struct audit *a)
{
	struct buf why = BUF_INIT(4096);
	struct trail fresh;

	if (!atomic_exchange(&a->wants_reopen, false) || !trail_was_renamed(&a->trail))
		return;
	if (!trail_open(&fresh, a->trail.path, &why)) {
		log_error("audit.reopen", "the trail goes on in the old file: %s", buf_cstr(&why));
		buf_clear(&why);
		return;
	}
	buf_clear(&why);
	writer_checkpoint(a, false);
	end_sync(a, true);
	begin_sync(a);
	end_sync(a, true);
	if (a->trail.is_poisoned)
		a->gap.file.lost_bytes += a->trail.size - a->trail.synced;
	trail_close(&a->trail);
	a->trail = fresh;
	a->opening = OPENING_REOPEN;
	a->synced = a->written;
	log_info("audit.reopened", "%s", a->trail.path);
}

static void
wait_for_work(struct audit *a)
{
	struct pollfd waits = {a->wake_fd, POLLIN, 0};
	uint64_t count;
	ssize_t ignored UNUSED;

	/* First the count, then the flag, then the rings: who finds the flag set has been, or
	 * will be, looked at; who sets it after that wakes us again. */
	if (poll(&waits, 1, TICK_MS) > 0)
		ignored = read(a->wake_fd, &count, sizeof(count));
	(void)atomic_exchange(&a->is_awake, false);
}

void *
thread_run(void *audit)
{
	struct audit *a = audit;

	while (!atomic_load(&a->is_closing)) {
		wait_for_work(a);
		pthread_mutex_lock(&a->lock);
		reopen(a);
		pass(a);
		let_go(a);
		if (atomic_load(&a->is_well) && writer_checkpoint_is_due(a))
			writer_checkpoint(a, false);
		pthread_mutex_unlock(&a->lock);
	}
	pass(a);
	end_sync(a, true);
	if (atomic_load(&a->is_well)) {
		writer_checkpoint(a, true);
		begin_sync(a);
		end_sync(a, true);
	}
	return NULL;
}
