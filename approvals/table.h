/* Intrusive hash table: nodes found by a key that lives beside them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_TABLE_H
#define APPROVALS_TABLE_H

#include "lib/base/span.h"

/* Part of what is kept; `key` stays where it is while the node is in a table. */
struct table_node {
	struct table_node *next;
	struct span key;
	uint64_t hash;
};

/* Zeroed is an empty table. */
struct table {
	struct table_node **slots;
	size_t slot_count; /* a power of two */
	size_t count;
	uint64_t seed;     /* random: keys come from outside */
};

/* The first node with this key, or NULL. */
struct table_node *table_find(const struct table *t, struct span key);
/* `node->key` is set; the key need not be new. */
void table_add(struct table *t, struct table_node *node);
void table_remove(struct table *t, struct table_node *node);
/* Any node, or NULL: for emptying it. */
struct table_node *table_any(const struct table *t);
/* Calls for each; the node given may be removed and freed, no other. */
typedef void table_fn(void *owner, struct table_node *node);
void table_each(const struct table *t, table_fn *fn, void *owner);
/* Gives back its memory; the nodes are their owner's. */
void table_clear(struct table *t);

#endif
