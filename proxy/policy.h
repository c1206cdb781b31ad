/* What requests are judged by: sites, identities and limits of one configuration. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_POLICY_H
#define PROXY_POLICY_H

#include "identity/identity.h"
#include "lib/net/limits.h"
#include "proxy/site.h"

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

#endif
