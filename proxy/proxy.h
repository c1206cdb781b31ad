/* The caller's door of one worker: from first byte to last answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_PROXY_H
#define PROXY_PROXY_H

#include <stdatomic.h>

#include "approvals/store.h"
#include "identity/identity.h"
#include "lib/net/census.h"
#include "lib/net/http_server.h"
#include "proxy/site.h"

struct proxy;
struct shares;

/* What is in force; immutable, outlives every exchange that was judged by it. */
struct proxy_policy {
	const struct site *sites;
	size_t site_count;
	const struct site_table *table;
	const struct identity *identity;
	const struct limits *limits;
	struct span namespace, binding_secret;
	bool passes_without_audit; /* audit.on_failure: pass */
	/* Called once by each proxy that adopted it, on its thread, when its last use is over. */
	void (*release)(void *owner);
	void *owner;
};

/* Rows of counters.def: COUNTER(NAME, "metric_name", "outcome", "help"). */
enum proxy_counter {
#define COUNTER(name, metric, label, help) COUNT_##name,
#include "proxy/counters.def"
#undef COUNTER
	PROXY_COUNTERS
};

/* Shared by all workers of a process; each number is changed with relaxed atomics. */
struct proxy_shared {
	struct census *census;
	struct shares *shares;           /* proxy/share.h: who holds what of held_bytes */
	_Atomic uint64_t held_bytes;     /* of bodies that wait, against limits.held_bytes */
	_Atomic uint64_t waiting;        /* calls held right now */
	_Atomic uint64_t under_way;      /* exchanges */
	_Atomic uint64_t counters[PROXY_COUNTERS];
};

struct proxy_settings {
	struct loop *loop;
	const struct proxy_policy *policy;
	struct proxy_shared *shared;
	struct audit *audit;
	struct audit_ring *ring;
	struct store *store;
	unsigned workers;                /* limits per process are shared out among them */
};

/* Everything in the settings is borrowed and must outlive the proxy. */
struct proxy *proxy_new(const struct proxy_settings *settings);
/* Takes the listener over. */
void proxy_listen(struct proxy *p, struct listener *listener);

/*
 * From now on requests are judged by this policy.  Those under way end as they began, but who
 * waits for people is judged again: a new no refuses, a new yes still needs the approval.
 * On the proxy's own thread.
 */
void proxy_adopt(struct proxy *p, const struct proxy_policy *policy);

/* Stops accepting; held calls become tickets now, other exchanges go on. */
void proxy_drain(struct proxy *p);
/* Whether no exchange is under way any more. */
bool proxy_is_idle(const struct proxy *p);
/* Cuts what is left. */
void proxy_free(struct proxy *p);

#endif
