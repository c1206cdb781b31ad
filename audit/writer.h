/* What stands between rings and file: batches of lines, syncs, checkpoints, gaps. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_WRITER_H
#define AUDIT_WRITER_H

#include <pthread.h>
#include <stdatomic.h>

#include "audit/boot.h"
#include "audit/chain.h"
#include "audit/draft.h"
#include "audit/syncer.h"
#include "audit/trail.h"
#include "lib/base/list.h"

/* What was really lost, or cut, and is not told in the trail yet. */
struct gap {
	uint64_t records;    /* that found no room in a ring */
	uint64_t ring_bytes; /* in rings of a machine that went down: not to be trusted */
	uint64_t heads;      /* last lines of chains that ended, kept apart, and not found */
	struct trail_news file;
};

/* Why the next line is an audit.opened: the first line of every chain in every file is. */
enum opening { OPENING_NONE, OPENING_START, OPENING_REOPEN, OPENING_REPLACED };

/* Where its last line stands as its successor starts. */
enum found { FOUND_NOWHERE, FOUND_BESIDE, FOUND_HERE };

/* A chain that ended, and is named by its successor. */
struct ancestor {
	char chain[CHAIN_NAME_MAX + 1];
	struct chain_head head;
	enum found found;
};

enum { ANCESTORS_MAX = 16 };

/* One sync: filled before it begins, then the syncer's until it ends. */
struct sync_job {
	int fd;
	uint64_t size;    /* of the file, and ... */
	struct chain_head head; /* ... of the chain: what the sync is for */
	bool has_anchor;  /* the head is anchored too */
	bool is_closed;
	bool is_anchored;
};

/*
 * `lock` guards the list of rings.  The thread holds it for a whole pass, others only to
 * come and go.  What is not atomic and not under the lock belongs to the thread alone.
 */
struct audit {
	struct chain chain;  /* as of the last line in `batch` */
	struct chain_head written; /* as of the last line in the file */
	struct chain_head synced;  /* as of the last line on the device */
	struct trail trail;
	struct digest trail_id; /* anchor_trail() of the file */
	struct boot boot;
	struct draft_style style;
	struct stamp stamp;
	const struct private_key *signer; /* borrowed */
	char *state_dir, *boot_name;

	struct buf batch;
	uint64_t batch_lines;
	struct gap gap;
	bool gap_in_batch;
	enum opening opening;
	bool opening_in_batch;
	struct ancestor ancestors[ANCESTORS_MAX];
	size_t ancestor_count;
	bool is_sealed;   /* the last checkpoint is written and anchored */
	bool keeps_rings; /* a ring was closed with records that could not be written */
	struct draft draft; /* the thread's own records */
	char room[DRAFT_MAX];
	uint64_t checkpoint_seq;
	struct mono checkpoint_at;
	bool wants_anchor, is_closed; /* a checkpoint was written; it was the last */

	struct syncer syncer;
	struct sync_job job;
	bool is_syncing;

	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct list rings; /* struct audit_ring.node */
	int wake_fd;
	_Atomic bool is_awake, is_closing, wants_reopen, is_well;
	_Atomic uint64_t lines, reserved, left;
};

enum { BATCH_BYTES = 256 * 1024 };

/* A record of somebody else's into the batch. */
void writer_add(struct audit *a, struct span record, struct span recovered);
/* A record of our own. */
struct emit *writer_begin(struct audit *a, enum record_code code);
void writer_end(struct audit *a);
/* Lines of our own that must stand before others: that a file was opened, what was lost. */
void writer_add_news(struct audit *a);

/* The batch to the file.  When it cannot be written the chain is as it was before. */
MUST_CHECK enum trail_result writer_flush(struct audit *a, bool uses_reserve);
/* Begins a sync of all that was flushed; only when none is under way. */
void writer_begin_sync(struct audit *a);
/* SYNC_DONE or SYNC_FAILED once, when the one under way has ended. */
enum sync_state writer_end_sync(struct audit *a, bool waits);
/* Waits for a sync of all that was flushed. */
MUST_CHECK bool writer_sync(struct audit *a);
/* After a failed sync: whether all is well again, and synced. */
MUST_CHECK bool writer_repair(struct audit *a);
/* What the syncer's thread does. */
bool writer_sync_work(void *audit);
/* Writes a checkpoint, to be synced and anchored with the next sync. */
void writer_checkpoint(struct audit *a, bool is_closing);
bool writer_checkpoint_is_due(const struct audit *a);

/* Wakes the thread; at most one system call until it has woken. */
void audit_wake(struct audit *a);

/* audit/thread.c */
void *thread_run(void *audit);

#endif
