/* The caller's door of one worker: from first byte to last answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_PROXY_H
#define PROXY_PROXY_H

#include "approvals/store.h"
#include "audit/audit.h"
#include "lib/net/listener.h"
#include "proxy/counters.h"
#include "proxy/policy.h"

struct proxy;

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
