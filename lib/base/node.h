/* The values of a file people write: a read-only tree in which every node knows its place. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NODE_H
#define BASE_NODE_H

#include "lib/base/span.h"

struct complaints;
struct document;

enum node_kind {
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAP,
	NODE_BROKEN, /* was complained of already: every accessor refuses it in silence */
};

/* Counted from 1; columns in code points, as editors show them. */
struct mark {
	uint32_t line;
	uint32_t column;
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
	const struct document *document;
};

#define NODE_EACH(of, child) \
	for (const struct node *child = (of)->first; child; child = child->next)

/* "a map", "a list", "true", "a number", "a string", "nothing": for messages. */
const char *node_describe(const struct node *n);
/* `key:` with no value behind it, or an unquoted null. */
bool node_is_nothing(const struct node *n);
/* The member of a map with this key, or NULL. */
const struct node *node_find(const struct node *map, struct span key);

/* Inclusive; a `most` of 0 is the type's own. */
struct bounds {
	uint64_t least;
	uint64_t most;
};

/*
 * The only types there are.  Each returns false with one complaint when the node is
 * something else; `ret` is then untouched.  Only unquoted scalars are booleans, integers
 * and decimals; durations and sizes may be quoted, because JSON has to.
 */
MUST_CHECK bool node_bool(const struct node *n, struct complaints *why, bool *ret);
MUST_CHECK bool node_integer(const struct node *n, struct bounds bounds,
                             struct complaints *why, uint64_t *ret);
/* "500ms", "50s", "10m", "2h", "7d"; bounds and result in microseconds. */
MUST_CHECK bool node_duration(const struct node *n, struct bounds bounds,
                              struct complaints *why, int64_t *ret_us);
/* "100", "32k", "1m", "2g", of 1024; in bytes. */
MUST_CHECK bool node_size(const struct node *n, struct bounds bounds,
                          struct complaints *why, uint64_t *ret);
/* Not empty.  An unquoted number counts as its digits; true, false and null must be quoted. */
MUST_CHECK bool node_string(const struct node *n, struct complaints *why, struct span *ret);
/* "-?digits[.digits]" without superfluous zeros in front; the exact text. */
MUST_CHECK bool node_decimal(const struct node *n, struct complaints *why, struct span *ret);
MUST_CHECK bool node_is_kind(const struct node *n, enum node_kind kind,
                             struct complaints *why);

/* Code points that may not stand in such files or their strings: controls, line breaks
 * other than CR and LF, and those that make text look other than it is. */
bool point_is_hidden(uint32_t point);

/* The texts alone, as above, for code that has no node. */
MUST_CHECK bool duration_read(struct span text, int64_t *ret_us);
MUST_CHECK bool size_read(struct span text, uint64_t *ret);

#endif
