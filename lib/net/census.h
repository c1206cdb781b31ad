/* How many connections there are, in total and from each address, over all loops. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CENSUS_H
#define NET_CENSUS_H

#include <stdint.h>

#include "lib/net/address.h"

/* Thread-safe; touched when a connection comes and goes, never per request. */
struct census;

struct census *census_new(uint64_t connections_max, uint64_t per_address_max);
/* Who is there stays, even past the new limits. */
void census_limit(struct census *c, uint64_t connections_max, uint64_t per_address_max);
void census_free(struct census *c);

/* False: one more would pass a limit.  Unix peers count only in total. */
MUST_CHECK bool census_enter(struct census *c, const struct address *peer);
void census_leave(struct census *c, const struct address *peer);
uint64_t census_count(struct census *c);

#endif
