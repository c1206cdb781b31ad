/* A thread that only syncs, so that a slow device never keeps the rings from being drained. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_SYNCER_H
#define AUDIT_SYNCER_H

#include <pthread.h>
#include <stdatomic.h>

#include "lib/base/attr.h"
#include "lib/base/buf.h"

enum sync_state {
	SYNC_IDLE,
	SYNC_WANTED,
	SYNC_DONE,  /* syncer_take() has not been called yet */
	SYNC_FAILED
};

/* False, with errno set, when it failed. */
typedef bool sync_fn(void *owner);
typedef void sync_done_fn(void *owner);

struct syncer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum sync_state state;
	bool is_closing;
	bool is_started;
	int error; /* of the sync that failed */
	sync_fn *work;
	sync_done_fn *on_done;
	void *owner;
};

/* Both are called on the syncer's thread; `on_done` when a result is there to be taken. */
MUST_CHECK bool syncer_start(struct syncer *s, sync_fn *work, sync_done_fn *on_done,
                             void *owner, struct buf *why);
void syncer_stop(struct syncer *s);

/* Begins one piece of work; only when idle. */
void syncer_begin(struct syncer *s);
/* What came of it; SYNC_DONE and SYNC_FAILED are told once, then it is idle.  Sets errno. */
enum sync_state syncer_take(struct syncer *s);
/* The same, but waits for a sync that is under way. */
enum sync_state syncer_wait(struct syncer *s);

#endif
