/* One event loop per thread. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/loop.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/base/list.h"
#include "lib/base/memory.h"

/* Work for the loop: posted by another thread, or deferred to the end of the turn. */
struct task {
	struct list node;
	loop_fn *fn;
	void *arg;
};

struct loop {
	struct event_base *base;
	struct event *wake;      /* the eventfd that other threads write to */
	int wake_fd;
	pthread_mutex_t lock;    /* guards `posted` */
	struct list posted;
	struct list deferred;    /* own thread only */
	struct event *turn_end;  /* runs `deferred` after the callbacks of this turn */
	char receive[LOOP_RECEIVE];
};

static void
run_tasks(struct list *tasks)
{
	while (!list_is_empty(tasks)) {
		struct task *task = LIST_ENTRY(tasks->next, struct task, node);
		loop_fn *fn = task->fn;
		void *arg = task->arg;

		list_remove(&task->node);
		free(task);
		fn(arg);
	}
}

static void
move_tasks(struct list *from, struct list *to)
{
	list_init(to);
	while (!list_is_empty(from)) {
		struct list *node = from->next;

		list_remove(node);
		list_add_last(to, node);
	}
}

static void
on_turn_end(int fd UNUSED, short what UNUSED, void *arg)
{
	struct loop *loop = arg;
	struct list now;

	/* What these tasks defer in turn runs after the next callbacks, not before. */
	move_tasks(&loop->deferred, &now);
	run_tasks(&now);
}

static void
on_wake(int fd, short what UNUSED, void *arg)
{
	struct loop *loop = arg;
	struct list now;
	eventfd_t ignored;

	eventfd_read(fd, &ignored);
	pthread_mutex_lock(&loop->lock);
	move_tasks(&loop->posted, &now);
	pthread_mutex_unlock(&loop->lock);
	run_tasks(&now);
}

struct loop *
loop_new(void)
{
	struct loop *loop = memory_new(sizeof(*loop));
	struct event_config *config = event_config_new();

	if (!config)
		memory_exhausted();
	/* Every loop belongs to one thread; work from others comes through loop_post(). */
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (!loop->base || loop->wake_fd < 0)
		memory_exhausted();
	loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
	loop->turn_end = event_new(loop->base, -1, 0, on_turn_end, loop);
	if (!loop->wake || !loop->turn_end || event_add(loop->wake, NULL) < 0)
		memory_exhausted();
	pthread_mutex_init(&loop->lock, NULL);
	list_init(&loop->posted);
	list_init(&loop->deferred);
	return loop;
}

void
loop_free(struct loop *loop)
{
	if (!loop)
		return;
	while (!list_is_empty(&loop->posted) || !list_is_empty(&loop->deferred)) {
		run_tasks(&loop->posted);
		run_tasks(&loop->deferred);
	}
	event_free(loop->wake);
	event_free(loop->turn_end);
	event_base_free(loop->base);
	close(loop->wake_fd);
	pthread_mutex_destroy(&loop->lock);
	free(loop);
}

void
loop_run(struct loop *loop)
{
	event_base_dispatch(loop->base);
}

static void
stop(void *arg)
{
	struct loop *loop = arg;

	event_base_loopbreak(loop->base);
}

void
loop_stop(struct loop *loop)
{
	loop_post(loop, stop, loop);
}

static struct task *
task_new(loop_fn *fn, void *arg)
{
	struct task *task = memory_new(sizeof(*task));

	*task = (struct task){.fn = fn, .arg = arg};
	return task;
}

void
loop_post(struct loop *loop, loop_fn *fn, void *arg)
{
	struct task *task = task_new(fn, arg);

	pthread_mutex_lock(&loop->lock);
	list_add_last(&loop->posted, &task->node);
	pthread_mutex_unlock(&loop->lock);
	eventfd_write(loop->wake_fd, 1);
}

void
loop_defer(struct loop *loop, loop_fn *fn, void *arg)
{
	/* Queued behind every callback that is already due in this turn. */
	if (list_is_empty(&loop->deferred))
		event_active(loop->turn_end, EV_TIMEOUT, 0);
	list_add_last(&loop->deferred, &task_new(fn, arg)->node);
}

void
loop_free_later(struct loop *loop, void *ptr)
{
	loop_defer(loop, free, ptr);
}

char *
loop_receive_buffer(struct loop *loop)
{
	return loop->receive;
}

struct event_base *
loop_base(struct loop *loop)
{
	return loop->base;
}

/*
 * Moving a deadline in the event base on every request would cost more than the timers are
 * worth: the armed event is left alone while the deadline only moves away from it, and
 * looks again when it fires.
 */
struct timer {
	struct event *event;
	struct mono due;   /* 0: not set */
	struct mono armed; /* when the event fires; 0: not armed */
	timer_fn *fn;
	void *owner;
};

static void
arm(struct timer *timer, int64_t after_us)
{
	struct timeval after = {after_us / SECOND_US, after_us % SECOND_US};

	timer->armed = mono_after(clock_mono(), after_us);
	event_add(timer->event, &after);
}

static void
on_timer(int fd UNUSED, short what UNUSED, void *arg)
{
	struct timer *timer = arg;
	int64_t left;

	timer->armed = (struct mono){0};
	if (timer->due.us == 0)
		return;
	left = timer->due.us - clock_mono().us;
	if (left > MS_US) {
		arm(timer, left);
		return;
	}
	timer->due = (struct mono){0};
	timer->fn(timer->owner);
}

struct timer *
timer_new(struct loop *loop, timer_fn *fn, void *owner)
{
	struct timer *timer = memory_new(sizeof(*timer) + event_get_struct_event_size());

	/* The event lives right behind its timer: one allocation for both. */
	timer->event = (struct event *)(timer + 1);
	event_assign(timer->event, loop->base, -1, 0, on_timer, timer);
	timer->fn = fn;
	timer->owner = owner;
	return timer;
}

void
timer_free(struct timer **timer)
{
	if (!*timer)
		return;
	event_del((*timer)->event);
	free(*timer);
	*timer = NULL;
}

void
timer_set_at(struct timer *timer, struct mono now, int64_t after_us)
{
	timer->due = mono_after(now, after_us);
	if (timer->armed.us == 0 || timer->armed.us > timer->due.us)
		arm(timer, after_us);
}

void
timer_set(struct timer *timer, int64_t after_us)
{
	timer_set_at(timer, clock_mono(), after_us);
}

void
timer_clear(struct timer *timer)
{
	timer->due = (struct mono){0};
}

struct watch {
	struct event *event;
	watch_fn *fn;
	void *owner;
};

static void
on_watch(int fd UNUSED, short what UNUSED, void *arg)
{
	struct watch *watch = arg;

	watch->fn(watch->owner);
}

struct watch *
watch_new(struct loop *loop, int fd, watch_fn *fn, void *owner)
{
	struct watch *watch = memory_new(sizeof(*watch));

	*watch = (struct watch){.fn = fn, .owner = owner};
	watch->event = event_new(loop->base, fd, EV_READ | EV_PERSIST, on_watch, watch);
	if (!watch->event || event_add(watch->event, NULL) < 0)
		memory_exhausted();
	return watch;
}

void
watch_free(struct watch **watch)
{
	if (!*watch)
		return;
	event_free((*watch)->event);
	free(*watch);
	*watch = NULL;
}

struct signal_watch {
	struct watch watch;
};

struct signal_watch *
signal_watch_new(struct loop *loop, int number, watch_fn *fn, void *owner)
{
	struct signal_watch *sw = memory_new(sizeof(*sw));

	sw->watch = (struct watch){.fn = fn, .owner = owner};
	sw->watch.event = evsignal_new(loop->base, number, on_watch, &sw->watch);
	if (!sw->watch.event || event_add(sw->watch.event, NULL) < 0)
		memory_exhausted();
	return sw;
}

void
signal_watch_free(struct signal_watch **sw)
{
	if (!*sw)
		return;
	event_free((*sw)->watch.event);
	free(*sw);
	*sw = NULL;
}
