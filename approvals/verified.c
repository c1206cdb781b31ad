/* Which seals were verified before. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/verified.h"

#include <pthread.h>
#include <stdlib.h>

#include "lib/base/memory.h"

/* Half a MiB, of which only what is used becomes memory. */
enum { SLOTS = 16384 };

struct verified {
	pthread_mutex_t lock;
	struct digest slots[SLOTS]; /* zeros: empty, for nothing has that digest */
};

struct verified *
verified_new(void)
{
	struct verified *v = memory_new(sizeof(*v));

	pthread_mutex_init(&v->lock, NULL);
	return v;
}

void
verified_free(struct verified *v)
{
	if (!v)
		return;
	pthread_mutex_destroy(&v->lock);
	free(v);
}

static struct digest *
slot_of(struct verified *v, const struct digest *seal)
{
	uint16_t at;

	memcpy(&at, seal->bytes, sizeof(at));
	return &v->slots[at % SLOTS];
}

bool
verified_has(struct verified *v, const struct digest *seal)
{
	bool has;

	pthread_mutex_lock(&v->lock);
	has = digest_eq(slot_of(v, seal), seal);
	pthread_mutex_unlock(&v->lock);
	return has;
}

void
verified_add(struct verified *v, const struct digest *seal)
{
	pthread_mutex_lock(&v->lock);
	*slot_of(v, seal) = *seal;
	pthread_mutex_unlock(&v->lock);
}
