/* One event loop per thread: timers, work handed in by other threads, end-of-turn frees. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "lib/base/clock.h"
#include "lib/base/span.h"

struct loop;
struct event_base;

struct loop *loop_new(void);
void loop_free(struct loop *loop);
/* Runs until loop_stop(). */
void loop_run(struct loop *loop);
/* From any thread. */
void loop_stop(struct loop *loop);

/* Runs `fn(arg)` on the loop's own thread, soon.  From any thread. */
typedef void loop_fn(void *arg);
void loop_post(struct loop *loop, loop_fn *fn, void *arg);

/* Runs `fn(arg)` once, when the callbacks of this turn are done.  Own thread only. */
void loop_defer(struct loop *loop, loop_fn *fn, void *arg);
/* free(ptr) at the end of this turn, so that a stale pointer never meets new memory. */
void loop_free_later(struct loop *loop, void *ptr);

/* The thread's one receive buffer: valid until the callback that filled it returns. */
enum { LOOP_RECEIVE = 64 * 1024 };
char *loop_receive_buffer(struct loop *loop);

/* For lib/net alone. */
struct event_base *loop_base(struct loop *loop);

/*
 * A deadline that costs nothing to move later: the timer sleeps on and looks again.
 * Fires once per setting.  Precision is milliseconds.
 */
struct timer;
typedef void timer_fn(void *owner);
struct timer *timer_new(struct loop *loop, timer_fn *fn, void *owner);
void timer_free(struct timer **timer);
void timer_set(struct timer *timer, int64_t after_us);
/* The same for who knows what time it is. */
void timer_set_at(struct timer *timer, struct mono now, int64_t after_us);
void timer_clear(struct timer *timer);

/* Calls `fn(owner)` while `fd` (an eventfd, a pipe) is readable.  The fd stays the owner's. */
struct watch;
typedef void watch_fn(void *owner);
struct watch *watch_new(struct loop *loop, int fd, watch_fn *fn, void *owner);
void watch_free(struct watch **watch);

/* Calls `fn(owner)` on the loop when the process gets `signal`. */
struct signal_watch;
struct signal_watch *signal_watch_new(struct loop *loop, int signal, watch_fn *fn, void *owner);
void signal_watch_free(struct signal_watch **watch);

#endif
