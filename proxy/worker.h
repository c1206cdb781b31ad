/* What the files of the caller's door share: the worker's own things.  Inside proxy/ only. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_WORKER_H
#define PROXY_WORKER_H

#include "approvals/store.h"
#include "audit/audit.h"
#include "lib/base/list.h"
#include "lib/net/http_server.h"
#include "proxy/counters.h"
#include "proxy/regime.h"
#include "rules/body.h"

struct exchange_hooks;

/* What examine() found in one request; spans into the head and the exchange's arena. */
struct examined {
	struct request request;
	struct identified who;
	struct verdict verdict;
	struct body_facts facts; /* once rules have looked into the body; in body_arena */
};

struct proxy {
	struct loop *loop;
	struct regime *regime;        /* what is in force */
	unsigned workers;
	struct proxy_shared *shared;
	struct audit *audit;
	struct audit_ring *ring;
	struct store *store;
	const struct exchange_hooks *hooks;
	struct http_server *server;
	struct http_clients *clients;
	struct list under_way, spares;
	struct list asking;           /* gates whose turn to ask the store has not come */
	bool is_asking_next;          /* question_next() is at work */
	size_t asked;                 /* questions that the store has not answered */
	size_t spare_count;
	uint64_t stamp_seed;          /* of clearances for calls that pass */
	bool is_draining;
	bool is_ending;               /* proxy_free() is at work */
	struct head head;             /* a kept head, read again */
	struct examined examined;     /* of the request in hand; valid within one callback */
	struct arena body_arena;      /* what was read out of a body; valid within one callback */
	struct buf scratch;           /* an answer's head on its way out */
	struct pointer_set *rpc_id;   /* "/id", for answers in JSON-RPC */
};

static inline void
proxy_count(struct proxy *p, enum proxy_counter counter)
{
	atomic_fetch_add_explicit(&p->shared->counters[counter], 1, memory_order_relaxed);
}

#endif
