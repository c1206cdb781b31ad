/* A thread that only syncs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/syncer.h"

#include <errno.h>
#include <string.h>

/* With the lock held; given up while the device works. */
static void
sync_once(struct syncer *s)
{
	int error;

	pthread_mutex_unlock(&s->lock);
	error = s->work(s->owner) ? 0 : errno;
	pthread_mutex_lock(&s->lock);
	s->error = error;
	s->state = error ? SYNC_FAILED : SYNC_DONE;
	pthread_cond_broadcast(&s->changed);
	s->on_done(s->owner);
}

static void *
syncer_run(void *syncer)
{
	struct syncer *s = syncer;

	pthread_mutex_lock(&s->lock);
	while (!s->is_closing) {
		if (s->state == SYNC_WANTED)
			sync_once(s);
		else
			pthread_cond_wait(&s->changed, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

bool
syncer_start(struct syncer *s, sync_fn *work, sync_done_fn *on_done, void *owner,
             struct buf *why)
{
	int error;

	*s = (struct syncer){.work = work, .on_done = on_done, .owner = owner};
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	error = pthread_create(&s->thread, NULL, syncer_run, s);
	if (error)
		buf_addf(why, "the thread that syncs cannot be started: %s", strerror(error));
	else
		pthread_setname_np(s->thread, "audit-sync");
	s->is_started = !error;
	return !error;
}

void
syncer_stop(struct syncer *s)
{
	if (!s->is_started)
		return;
	pthread_mutex_lock(&s->lock);
	s->is_closing = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	s->is_started = false;
}

void
syncer_begin(struct syncer *s)
{
	pthread_mutex_lock(&s->lock);
	s->state = SYNC_WANTED;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

/* With the lock held. */
static enum sync_state
take(struct syncer *s)
{
	enum sync_state state = s->state;

	if (state == SYNC_DONE || state == SYNC_FAILED)
		s->state = SYNC_IDLE;
	errno = s->error;
	return state;
}

enum sync_state
syncer_take(struct syncer *s)
{
	enum sync_state state;

	pthread_mutex_lock(&s->lock);
	state = take(s);
	pthread_mutex_unlock(&s->lock);
	return state;
}

enum sync_state
syncer_wait(struct syncer *s)
{
	enum sync_state state;

	pthread_mutex_lock(&s->lock);
	while (s->state == SYNC_WANTED)
		pthread_cond_wait(&s->changed, &s->lock);
	state = take(s);
	pthread_mutex_unlock(&s->lock);
	return state;
}
