/* What the admin endpoint is told, and what it works with. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_PARTS_H
#define ADMIN_PARTS_H

#include "admin/metrics.h"
#include "approvals/store.h"
#include "identity/identity.h"

/* One configuration's worth; all borrowed until it is released. */
struct admin_settings {
	struct span public_url;      /* admin.public_url, without a slash at its end; may be empty */
	const struct span *auditors; /* admin.auditors: groups that read all and decide nothing */
	size_t auditor_count;
	const struct span *operators; /* admin.operators: groups that reload and freeze */
	size_t operator_count;
	bool is_local;               /* it listens on loopback or Unix sockets only */
	bool has_embedded_store;     /* /readyz says that it is for one node */
	const char *version;
	const struct limits *limits;
	const struct identity *identity;
	/* Called once for each admin_new() and admin_adopt(), when its last use is over. */
	void (*release)(void *owner);
	void *owner;
};

/* What a reload came to; `text` says what is wrong, empty: nothing. */
struct reload_result {
	bool is_adopted;
	struct span text;
};
typedef void reload_fn(void *owner, const struct reload_result *result);

/* What it works with; `store` and `ring` belong to the loop's thread. */
struct admin_parts {
	struct store *store;
	const struct store_links *links; /* of all threads' stores */
	struct audit *audit;
	struct audit_ring *ring;
	struct metrics *metrics;     /* it adds its own */
	/* Reads the configuration again; `fn` is called on the loop's thread, later. */
	void (*reload)(void *reloader, reload_fn *fn, void *owner);
	void *reloader;
};

#endif
