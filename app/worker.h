/* A thread with one of everything: a worker of the proxy, or the admin endpoint. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_WORKER_H
#define APP_WORKER_H

#include "app/in_force.h"

/* What the threads of a process share; made by serve, outlives them. */
struct service {
	struct audit *audit;
	const struct store_settings *store; /* NULL: no store is configured */
	struct store_links links;
	struct in_force *in_force; /* at the start; later ones come with worker_adopt() */
	struct proxy_shared shared;
	/* For POST /api/v1/reload: see struct admin_parts. */
	void (*reload)(void *reloader, reload_fn *fn, void *owner);
	void *reloader;
	struct metrics *metrics;
	unsigned workers;
};

struct worker;

/* Makes loop, ring, store and door; nothing runs yet.  NULL, and a sentence in `why`. */
MUST_CHECK struct worker *worker_new_proxy(struct service *service, unsigned index,
                                           struct buf *why);
MUST_CHECK struct worker *worker_new_admin(struct service *service, struct buf *why);
/* Takes the descriptor over. */
void worker_listen(struct worker *w, int fd);
void worker_start(struct worker *w);

/* From the main thread: another configuration is in force, soon. */
void worker_adopt(struct worker *w, struct in_force *in_force);
/* From the main thread: runs `fn(arg)` on the worker's thread, unless it has ended. */
void worker_post(struct worker *w, loop_fn *fn, void *arg);
/* From the main thread: no new requests; holds become tickets. */
void worker_drain(struct worker *w);
/* Ends the loop after what is under way, or after `us`, and joins the thread; frees it. */
void worker_end(struct worker **w, int64_t us);

#endif
