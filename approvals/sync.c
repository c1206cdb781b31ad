/* Waits for the device on a thread of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/sync.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/base/list.h"
#include "lib/base/memory.h"

struct request {
	struct list node;
	sync_fn *fn;
	void *owner;
	bool is_durable;
};

struct sync {
	pthread_t thread;
	pthread_mutex_t lock;  /* guards everything up to `ends` */
	pthread_cond_t wake;
	struct list waiting, done;
	int fd;                /* of the newest request: a duplicate, ours to close */
	bool ends;
	int done_fd;
	struct watch *watch;
};

static void
move_all(struct list *from, struct list *to)
{
	while (!list_is_empty(from)) {
		struct list *node = from->next;

		list_remove(node);
		list_add_last(to, node);
	}
}

/* Takes all that waits, with the lock held. */
static int
take_batch(struct sync *sync, struct list *batch)
{
	int fd = sync->fd;

	list_init(batch);
	move_all(&sync->waiting, batch);
	sync->fd = -1;
	return fd;
}

/* All requests of a batch were written to one file: older descriptors name files that a
 * rewrite has replaced, and a rewrite is synced before it takes their place. */
static void
sync_batch(int fd, struct list *batch)
{
	bool is_durable = fd >= 0 && fdatasync(fd) == 0;

	if (fd >= 0)
		close(fd);
	LIST_EACH(batch, node)
		LIST_ENTRY(node, struct request, node)->is_durable = is_durable;
}

static void *
run(void *arg)
{
	struct sync *sync = arg;

	pthread_mutex_lock(&sync->lock);
	while (!sync->ends) {
		struct list batch;
		int fd;

		if (list_is_empty(&sync->waiting)) {
			pthread_cond_wait(&sync->wake, &sync->lock);
			continue;
		}
		fd = take_batch(sync, &batch);
		pthread_mutex_unlock(&sync->lock);
		sync_batch(fd, &batch);
		pthread_mutex_lock(&sync->lock);
		move_all(&batch, &sync->done);
		eventfd_write(sync->done_fd, 1);
	}
	pthread_mutex_unlock(&sync->lock);
	return NULL;
}

static void
on_done(void *owner)
{
	struct sync *sync = owner;
	struct list done;
	eventfd_t ignored;

	eventfd_read(sync->done_fd, &ignored);
	list_init(&done);
	pthread_mutex_lock(&sync->lock);
	move_all(&sync->done, &done);
	pthread_mutex_unlock(&sync->lock);
	while (!list_is_empty(&done)) {
		struct request *r = LIST_ENTRY(done.next, struct request, node);
		struct request told = *r;

		list_remove(&r->node);
		free(r);
		told.fn(told.owner, told.is_durable);
	}
}

struct sync *
sync_new(struct loop *loop)
{
	struct sync *sync = memory_new(sizeof(*sync));
	sigset_t all, before;

	list_init(&sync->waiting);
	list_init(&sync->done);
	sync->fd = -1;
	sync->done_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (sync->done_fd < 0)
		memory_exhausted();
	pthread_mutex_init(&sync->lock, NULL);
	pthread_cond_init(&sync->wake, NULL);
	sync->watch = watch_new(loop, sync->done_fd, on_done, sync);
	/* Signals are for the threads that have loops. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&sync->thread, NULL, run, sync) != 0)
		memory_exhausted();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return sync;
}

static void
drop(struct list *requests)
{
	while (!list_is_empty(requests)) {
		struct request *r = LIST_ENTRY(requests->next, struct request, node);

		list_remove(&r->node);
		free(r);
	}
}

void
sync_free(struct sync **sync_at)
{
	struct sync *sync = *sync_at;

	if (!sync)
		return;
	*sync_at = NULL;
	pthread_mutex_lock(&sync->lock);
	sync->ends = true;
	pthread_cond_signal(&sync->wake);
	pthread_mutex_unlock(&sync->lock);
	pthread_join(sync->thread, NULL);
	watch_free(&sync->watch);
	drop(&sync->waiting);
	drop(&sync->done);
	if (sync->fd >= 0)
		close(sync->fd);
	close(sync->done_fd);
	pthread_mutex_destroy(&sync->lock);
	pthread_cond_destroy(&sync->wake);
	free(sync);
}

void
sync_request(struct sync *sync, int fd, sync_fn *fn, void *owner)
{
	struct request *r = memory_new(sizeof(*r));
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	*r = (struct request){.fn = fn, .owner = owner};
	pthread_mutex_lock(&sync->lock);
	if (sync->fd >= 0)
		close(sync->fd);
	sync->fd = copy;
	list_add_last(&sync->waiting, &r->node);
	pthread_cond_signal(&sync->wake);
	pthread_mutex_unlock(&sync->lock);
}
