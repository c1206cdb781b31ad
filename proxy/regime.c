/* One configuration as a worker lives under it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/regime.h"

#include <stdlib.h>

#include "lib/base/memory.h"

struct regime *
regime_new(const struct proxy_policy *policy, struct http_clients *clients, unsigned workers,
           uint64_t number)
{
	struct regime *r = memory_new(sizeof(*r));
	uint64_t share = policy->limits->upstream_connections / workers;

	r->policy = policy;
	r->users = 1;
	r->number = number;
	r->upstreams = memory_new_array(policy->site_count, sizeof(*r->upstreams));
	for (size_t i = 0; i < policy->site_count; i++)
		r->upstreams[i] = upstream_new(clients, &policy->sites[i].upstream,
		                               share ? share : 1);
	return r;
}

struct regime *
regime_ref(struct regime *r)
{
	r->users++;
	return r;
}

void
regime_unref(struct regime **regime)
{
	struct regime *r = *regime;

	*regime = NULL;
	if (!r || --r->users)
		return;
	for (size_t i = 0; i < r->policy->site_count; i++)
		upstream_free(r->upstreams[i]);
	free(r->upstreams);
	if (r->policy->release)
		r->policy->release(r->policy->owner);
	free(r);
}

void
regime_retire(struct regime *r)
{
	for (size_t i = 0; i < r->policy->site_count; i++)
		upstream_retire(r->upstreams[i]);
}
