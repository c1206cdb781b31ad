/* How many connections there are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/census.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>

#include "lib/base/digest.h"
#include "lib/base/memory.h"

enum { CENSUS_BUCKETS = 4096 };

struct resident {
	struct resident *next;
	unsigned char key[16];
	uint64_t count;
};

struct census {
	pthread_mutex_t lock;
	uint64_t total, total_max, per_address_max;
	uint64_t seed; /* so that nobody can choose addresses that share a bucket */
	struct resident *buckets[CENSUS_BUCKETS];
};

struct census *
census_new(uint64_t connections_max, uint64_t per_address_max)
{
	struct census *c = memory_new(sizeof(*c));

	pthread_mutex_init(&c->lock, NULL);
	c->total_max = connections_max;
	c->per_address_max = per_address_max;
	random_fill(&c->seed, sizeof(c->seed));
	return c;
}

void
census_limit(struct census *c, uint64_t connections_max, uint64_t per_address_max)
{
	pthread_mutex_lock(&c->lock);
	c->total_max = connections_max;
	c->per_address_max = per_address_max;
	pthread_mutex_unlock(&c->lock);
}

void
census_free(struct census *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < CENSUS_BUCKETS; i++) {
		while (c->buckets[i]) {
			struct resident *next = c->buckets[i]->next;

			free(c->buckets[i]);
			c->buckets[i] = next;
		}
	}
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static void
key_of(const struct address *peer, unsigned char key[16])
{
	memset(key, 0, 16);
	if (peer->sa.ss_family == AF_INET)
		memcpy(key, &peer->sa.in.sin_addr, 4);
	else
		memcpy(key, &peer->sa.in6.sin6_addr, 16);
}

/* Where the resident hangs, or would. */
static struct resident **
find(struct census *c, const unsigned char key[16])
{
	struct resident **at =
		&c->buckets[span_hash(span_of(key, 16), c->seed) % CENSUS_BUCKETS];

	while (*at && memcmp((*at)->key, key, 16) != 0)
		at = &(*at)->next;
	return at;
}

static bool
enter_address(struct census *c, const struct address *peer)
{
	unsigned char key[16];
	struct resident **at;

	if (address_is_unix(peer))
		return true;
	key_of(peer, key);
	at = find(c, key);
	if (!*at) {
		*at = memory_new(sizeof(**at));
		memcpy((*at)->key, key, 16);
	}
	if ((*at)->count >= c->per_address_max)
		return false;
	(*at)->count++;
	return true;
}

bool
census_enter(struct census *c, const struct address *peer)
{
	bool may_enter;

	pthread_mutex_lock(&c->lock);
	may_enter = c->total < c->total_max && enter_address(c, peer);
	if (may_enter)
		c->total++;
	pthread_mutex_unlock(&c->lock);
	return may_enter;
}

void
census_leave(struct census *c, const struct address *peer)
{
	unsigned char key[16];
	struct resident **at, *gone;

	pthread_mutex_lock(&c->lock);
	c->total--;
	if (!address_is_unix(peer)) {
		key_of(peer, key);
		at = find(c, key);
		if (*at && --(*at)->count == 0) {
			gone = *at;
			*at = gone->next;
			free(gone);
		}
	}
	pthread_mutex_unlock(&c->lock);
}

uint64_t
census_count(struct census *c)
{
	uint64_t total;

	pthread_mutex_lock(&c->lock);
	total = c->total;
	pthread_mutex_unlock(&c->lock);
	return total;
}
