/* How much of the memory for waiting calls each requester holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/share.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "lib/base/digest.h"
#include "lib/base/memory.h"

enum { SHARDS = 64, BUCKETS = 64 };

struct share {
	struct share *next;
	uint64_t hash;
	uint64_t calls; /* that refer to it; under the lock of its shard */
	_Atomic uint64_t bytes;
	bool is_named;
	size_t len;
	char requester[];
};

struct shard {
	pthread_mutex_t lock;
	struct share *buckets[BUCKETS];
};

struct shares {
	uint64_t seed; /* so that nobody can choose names that share a bucket */
	struct shard shards[SHARDS];
};

struct shares *
shares_new(void)
{
	struct shares *s = memory_new(sizeof(*s));

	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_init(&s->shards[i].lock, NULL);
	random_fill(&s->seed, sizeof(s->seed));
	return s;
}

static void
free_all(struct share **first)
{
	while (*first) {
		struct share *gone = *first;

		*first = gone->next;
		free(gone);
	}
}

void
shares_free(struct shares *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < SHARDS; i++) {
		for (size_t j = 0; j < BUCKETS; j++)
			free_all(&s->shards[i].buckets[j]);
		pthread_mutex_destroy(&s->shards[i].lock);
	}
	free(s);
}

static struct shard *
shard_of(struct shares *s, uint64_t hash)
{
	return &s->shards[hash % SHARDS];
}

static struct share **
bucket_of(struct shard *shard, uint64_t hash)
{
	return &shard->buckets[hash / SHARDS % BUCKETS];
}

static struct share *
share_new(struct span requester, bool is_named, uint64_t hash)
{
	struct share *share = memory_new(sizeof(*share) + requester.len);

	share->hash = hash;
	share->is_named = is_named;
	share->len = requester.len;
	if (requester.len)
		memcpy(share->requester, requester.ptr, requester.len);
	return share;
}

struct share *
share_join(struct shares *s, struct span requester, bool is_named)
{
	uint64_t hash = span_hash(requester, s->seed);
	struct shard *shard = shard_of(s, hash);
	struct share **first = bucket_of(shard, hash), *share;

	pthread_mutex_lock(&shard->lock);
	for (share = *first; share; share = share->next) {
		if (share->hash == hash && share->is_named == is_named &&
		    span_eq(span_of(share->requester, share->len), requester))
			break;
	}
	if (!share) {
		share = share_new(requester, is_named, hash);
		share->next = *first;
		*first = share;
	}
	share->calls++;
	pthread_mutex_unlock(&shard->lock);
	return share;
}

void
share_leave(struct shares *s, struct share **share, uint64_t bytes)
{
	struct share *gone = *share;
	struct shard *shard;

	if (!gone)
		return;
	*share = NULL;
	shard = shard_of(s, gone->hash);
	pthread_mutex_lock(&shard->lock);
	atomic_fetch_sub_explicit(&gone->bytes, bytes, memory_order_relaxed);
	if (--gone->calls == 0) {
		struct share **at = bucket_of(shard, gone->hash);

		while (*at != gone)
			at = &(*at)->next;
		*at = gone->next;
		free(gone);
	}
	pthread_mutex_unlock(&shard->lock);
}

uint64_t
share_add(struct share *share, uint64_t bytes)
{
	return atomic_fetch_add_explicit(&share->bytes, bytes, memory_order_relaxed) + bytes;
}
