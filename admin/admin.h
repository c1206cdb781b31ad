/* The approver's door: REST under /api/v1, the web page, health and metrics. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include "admin/metrics.h"
#include "approvals/store.h"
#include "identity/identity.h"
#include "lib/net/listener.h"

/* All borrowed for the life of the endpoint. */
struct admin_settings {
	struct span public_url;      /* admin.public_url, without a slash at its end; may be empty */
	const struct span *auditors; /* admin.auditors: groups that read all and decide nothing */
	size_t auditor_count;
	bool is_local;               /* it listens on loopback or Unix sockets only */
	bool has_embedded_store;     /* /readyz says that it is for one node */
	const char *version;
	const struct limits *limits;
};

/* What it works with; `store` and `ring` belong to the loop's thread. */
struct admin_parts {
	struct store *store;
	struct audit *audit;
	struct audit_ring *ring;
	const struct identity *identity;
	struct metrics *metrics;     /* it adds its own */
};

struct admin;
struct admin *admin_new(struct loop *loop, const struct admin_settings *settings,
                        const struct admin_parts *parts);
/* Takes the listener over; may be called for several. */
void admin_listen(struct admin *a, struct listener *listener);
/* No new connections; requests that are here are answered. */
void admin_drain(struct admin *a);
/* Sessions and login links end with it. */
void admin_free(struct admin *a);

#endif
