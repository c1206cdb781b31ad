/* The values of a file people write: a read-only tree in which every node knows its place. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NODE_H
#define BASE_NODE_H

#include "lib/base/manuscript.h"

enum { NODE_DEPTH_MAX = 32 /* levels of lists and maps */ };

enum node_kind {
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAP,
	NODE_BROKEN, /* was complained of already: every accessor refuses it in silence */
};

/* Lives as long as its document, and so do the spans. */
struct node {
	enum node_kind kind;
	bool is_quoted;           /* a scalar in quotes or in a block: never a number or boolean */
	struct span text;         /* NODE_SCALAR */
	struct span key;          /* of a member of a map */
	struct mark mark;         /* where the value starts */
	struct mark key_mark;
	size_t index;             /* among its siblings, from 0 */
	size_t count;             /* of children */
	const struct node *first; /* children of a list or map, in order of the file */
	const struct node *next;  /* sibling */
	const struct node *parent;
	const struct manuscript *manuscript;
};

#define NODE_EACH(of, child) \
	for (const struct node *child = (of)->first; child; child = child->next)

/* `key:` with no value behind it, or an unquoted null. */
bool node_is_nothing(const struct node *n);
/* The member of a map with this key, or NULL. */
const struct node *node_find(const struct node *map, struct span key);

/* A list, or one value alone: how many nodes, and the first of them. */
const struct node *node_items(const struct node *n, size_t *ret_count);

/* Where it stands, as seen from another node: "line 3", or "rules.d/a.yaml:3". */
void node_place(const struct node *n, const struct node *seen_from, struct buf *to);

/* `sites[0].rules[2].match.path`; nothing for the root. */
void node_path(const struct node *n, struct buf *to);

#endif
