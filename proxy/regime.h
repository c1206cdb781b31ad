/* One configuration as a worker lives under it: the policy, and the upstreams it names. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_REGIME_H
#define PROXY_REGIME_H

#include "proxy/policy.h"
#include "proxy/upstream.h"

/*
 * A reload brings a new one; the old one lives until the last exchange that was judged by
 * it is done, for that exchange's site, rules and person point into its policy.  Belongs to
 * one thread.
 */
struct regime {
	const struct proxy_policy *policy;
	struct upstream **upstreams; /* one per site, in the policy's order */
	size_t users;
	uint64_t number;             /* the first is 1 */
};

/* With one user. */
struct regime *regime_new(const struct proxy_policy *policy, struct http_clients *clients,
                          unsigned workers, uint64_t number);
struct regime *regime_ref(struct regime *r);
/* Sets the pointer to NULL; the last one releases the policy. */
void regime_unref(struct regime **r);
/* Another one is in force: idle connections close, and nothing idles here any more. */
void regime_retire(struct regime *r);

#endif
