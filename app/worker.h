/* A thread with one of everything: a worker of the proxy, or the admin endpoint. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_WORKER_H
#define APP_WORKER_H

#include "admin/admin.h"
#include "proxy/proxy.h"

/* What the threads of a process share; made by serve, outlives them. */
struct service {
	struct audit *audit;
	const struct store_settings *store; /* NULL: no store is configured */
	struct proxy_policy policy;
	struct proxy_shared shared;
	const struct admin_settings *admin; /* NULL: no admin endpoint */
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

/* From the main thread: no new requests; holds become tickets. */
void worker_drain(struct worker *w);
/* Ends the loop after what is under way, or after `us`, and joins the thread; frees it. */
void worker_end(struct worker **w, int64_t us);

#endif
