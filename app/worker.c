/* A thread with one of everything. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/memory.h"

enum { NAME_MAX_LEN = 16 };
/* How often a draining worker looks whether it is done. */
#define DRAIN_LOOK_US (20 * MS_US)

struct worker {
	struct service *service;
	struct loop *loop;
	struct audit_ring *ring;
	struct watch *ring_watch;
	struct store *store;
	struct proxy *proxy; /* one of these two */
	struct admin *admin;
	struct timer *drain;
	struct mono drained_by;
	pthread_t thread;
	bool is_started;
	char name[NAME_MAX_LEN];
};

static void
on_ring(void *owner)
{
	struct worker *w = owner;

	audit_ring_poll(w->ring);
}

static void
look_at_drain(void *owner)
{
	struct worker *w = owner;

	if ((w->proxy && !proxy_is_idle(w->proxy)) && clock_mono().us < w->drained_by.us) {
		timer_set(w->drain, DRAIN_LOOK_US);
		return;
	}
	loop_stop(w->loop);
}

static void
worker_free(struct worker *w)
{
	proxy_free(w->proxy);
	admin_free(w->admin);
	/* What was posted and not run yet finds nobody. */
	w->proxy = NULL;
	w->admin = NULL;
	store_free(&w->store);
	timer_free(&w->drain);
	watch_free(&w->ring_watch);
	if (w->ring)
		audit_ring_close(&w->ring);
	loop_free(w->loop);
	free(w);
}

static struct worker *
worker_new(struct service *service, const char *name, struct buf *why)
{
	struct worker *w = memory_new(sizeof(*w));

	w->service = service;
	snprintf(w->name, sizeof(w->name), "%s", name);
	w->loop = loop_new();
	w->drain = timer_new(w->loop, look_at_drain, w);
	w->ring = audit_ring_new(service->audit, name, why);
	if (!w->ring) {
		worker_free(w);
		return NULL;
	}
	w->ring_watch = watch_new(w->loop, audit_ring_fd(w->ring), on_ring, w);
	if (service->store)
		w->store = store_new(w->loop, service->store, w->ring);
	return w;
}

struct worker *
worker_new_proxy(struct service *service, unsigned index, struct buf *why)
{
	char name[NAME_MAX_LEN];
	struct worker *w;

	snprintf(name, sizeof(name), "worker-%u", index);
	w = worker_new(service, name, why);
	if (!w)
		return NULL;
	w->proxy = proxy_new(&(struct proxy_settings){
		.loop = w->loop,
		.policy = &in_force_ref(service->in_force)->policy,
		.shared = &service->shared,
		.audit = service->audit,
		.ring = w->ring,
		.store = w->store,
		.workers = service->workers,
	});
	return w;
}

struct worker *
worker_new_admin(struct service *service, struct buf *why)
{
	struct worker *w = worker_new(service, "admin", why);

	if (!w)
		return NULL;
	w->admin = admin_new(w->loop, &in_force_ref(service->in_force)->admin,
	                     &(struct admin_parts){
		.store = w->store,
		.links = &service->links,
		.audit = service->audit,
		.ring = w->ring,
		.metrics = service->metrics,
		.reload = service->reload,
		.reloader = service->reloader,
	});
	store_recover(w->store);
	return w;
}

void
worker_listen(struct worker *w, int fd)
{
	struct listener *listener = listener_new(w->loop, fd);

	if (w->proxy)
		proxy_listen(w->proxy, listener);
	else
		admin_listen(w->admin, listener);
}

static void *
run(void *arg)
{
	struct worker *w = arg;

	pthread_setname_np(pthread_self(), w->name);
	loop_run(w->loop);
	return NULL;
}

void
worker_start(struct worker *w)
{
	sigset_t all, before;

	/* Signals are the main thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&w->thread, NULL, run, w) != 0)
		memory_exhausted();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	w->is_started = true;
}

struct adoption {
	struct worker *worker;
	struct in_force *in_force; /* one reference, for the door */
};

static void
adopt(void *arg)
{
	struct adoption *a = arg;
	struct worker *w = a->worker;

	if (w->store && (w->proxy || w->admin))
		store_limit(w->store, &a->in_force->config->limits);
	if (w->proxy)
		proxy_adopt(w->proxy, &a->in_force->policy);
	else if (w->admin)
		admin_adopt(w->admin, &a->in_force->admin);
	else
		in_force_unref(&a->in_force);
	free(a);
}

void
worker_adopt(struct worker *w, struct in_force *in_force)
{
	struct adoption *a = memory_new(sizeof(*a));

	*a = (struct adoption){w, in_force_ref(in_force)};
	loop_post(w->loop, adopt, a);
}

void
worker_post(struct worker *w, loop_fn *fn, void *arg)
{
	loop_post(w->loop, fn, arg);
}

static void
drain(void *arg)
{
	struct worker *w = arg;

	if (w->proxy)
		proxy_drain(w->proxy);
	else if (w->admin)
		admin_drain(w->admin);
}

void
worker_drain(struct worker *w)
{
	loop_post(w->loop, drain, w);
}

static void
begin_end(void *arg)
{
	look_at_drain(arg);
}

void
worker_end(struct worker **worker, int64_t us)
{
	struct worker *w = *worker;

	if (!w)
		return;
	*worker = NULL;
	if (w->is_started) {
		w->drained_by = mono_after(clock_mono(), us);
		loop_post(w->loop, begin_end, w);
		pthread_join(w->thread, NULL);
	}
	worker_free(w);
}
