/* Intrusive doubly linked list: a ring through its head. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/attr.h"

struct list {
	struct list *next, *prev;
};

static inline void
list_init(struct list *head)
{
	head->next = head->prev = head;
}

static inline bool
list_is_empty(const struct list *head)
{
	return head->next == head;
}

/* Whether a node that list_init() or list_remove() has touched is in some list. */
static inline bool
list_is_linked(const struct list *node)
{
	return node->next && node->next != node;
}

static inline void
list_add_last(struct list *head, struct list *node)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

static inline void
list_add_first(struct list *head, struct list *node)
{
	list_add_last(head->next, node);
}

/* A node that is in no list is left alone. */
static inline void
list_remove(struct list *node)
{
	if (!node->next)
		return;
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/* The current node may be removed in the body, its successor may not. */
#define LIST_EACH(head, node) \
	for (struct list *node = (head)->next, *node##_next = node->next; node != (head); \
	     node = node##_next, node##_next = node->next)

#define LIST_ENTRY(node, type, member) CONTAINER_OF(node, type, member)

#endif
