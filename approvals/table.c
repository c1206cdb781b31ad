/* Intrusive hash table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/table.h"

#include <stdlib.h>

#include "lib/base/digest.h"
#include "lib/base/memory.h"

enum { SLOTS_FIRST = 64 };

static struct table_node **
slot_of(const struct table *t, uint64_t hash)
{
	return &t->slots[hash & (t->slot_count - 1)];
}

struct table_node *
table_find(const struct table *t, struct span key)
{
	uint64_t hash;

	if (t->count == 0)
		return NULL;
	hash = span_hash(key, t->seed);
	for (struct table_node *n = *slot_of(t, hash); n; n = n->next) {
		if (n->hash == hash && span_eq(n->key, key))
			return n;
	}
	return NULL;
}

static void
grow(struct table *t)
{
	struct table old = *t;

	if (!t->slots)
		random_fill(&t->seed, sizeof(t->seed));
	t->slot_count = t->slot_count ? t->slot_count * 2 : SLOTS_FIRST;
	t->slots = memory_new_array(t->slot_count, sizeof(struct table_node *));
	for (size_t i = 0; i < old.slot_count; i++) {
		while (old.slots[i]) {
			struct table_node *n = old.slots[i], **to = slot_of(t, n->hash);

			old.slots[i] = n->next;
			n->next = *to;
			*to = n;
		}
	}
	free(old.slots);
}

void
table_add(struct table *t, struct table_node *node)
{
	struct table_node **to;

	if (t->count >= t->slot_count)
		grow(t);
	node->hash = span_hash(node->key, t->seed);
	to = slot_of(t, node->hash);
	node->next = *to;
	*to = node;
	t->count++;
}

void
table_remove(struct table *t, struct table_node *node)
{
	struct table_node **at = slot_of(t, node->hash);

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	t->count--;
}

struct table_node *
table_any(const struct table *t)
{
	for (size_t i = 0; i < t->slot_count; i++) {
		if (t->slots[i])
			return t->slots[i];
	}
	return NULL;
}

void
table_each(const struct table *t, table_fn *fn, void *owner)
{
	for (size_t i = 0; i < t->slot_count; i++) {
		for (struct table_node *n = t->slots[i], *next; n; n = next) {
			next = n->next;
			fn(owner, n);
		}
	}
}

void
table_clear(struct table *t)
{
	free(t->slots);
	*t = (struct table){0};
}
