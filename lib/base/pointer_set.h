/* JSON pointers (RFC 6901) that are looked for together in one pass over a document. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_POINTER_SET_H
#define BASE_POINTER_SET_H

#include <stdint.h>

#include "lib/base/span.h"

struct pointer_set;

/* Parts of one pointer: as many as a document may be deep.  Bytes of one part. */
enum { POINTER_PARTS_MAX = 32, POINTER_PART_MAX = 255 };

struct pointer_set *pointer_set_new(void) __attribute__((returns_nonnull));

/*
 * The same pointer again gives the same index; indices count from 0 without gaps.  Copies
 * the text.  False when it is malformed: not beginning with '/' (so "", the whole
 * document, is none), a '~' that is neither "~0" nor "~1", a part "-", a NUL, or beyond
 * the limits above.
 */
MUST_CHECK bool pointer_set_add(struct pointer_set *set, struct span pointer, size_t *ret_index);

/* How many facts json_scan() writes. */
size_t pointer_set_count(const struct pointer_set *set);

/* The pointer of an index, as it was added. */
struct span pointer_set_text(const struct pointer_set *set, size_t index);

/* NULL is nothing to free. */
void pointer_set_free(struct pointer_set *set);

/*
 * For the scanner: the parts of all pointers as one tree, in which parts that differ only
 * in case are one node.  Case is that of ASCII, and the two characters that Unicode folds
 * into ASCII: U+017F is an 's', U+212A a 'k' (Go's decoder takes them for these).
 */
enum { POINTER_NODE_ROOT = 0, POINTER_NODE_NONE = UINT32_MAX };

size_t pointer_set_node_count(const struct pointer_set *set);

/* The node below `parent` for a member of this name, or for an element; else NONE. */
uint32_t pointer_set_member(const struct pointer_set *set, uint32_t parent, struct span name);
uint32_t pointer_set_element(const struct pointer_set *set, uint32_t parent, size_t index);

/* A step of a pointer, as it is spelled there. */
struct pointer_step {
	struct span part;
	uint32_t node;
	bool is_index; /* plain decimal: of an element, where an array stands */
};

/* The steps of a pointer, first to last. */
const struct pointer_step *pointer_set_steps(const struct pointer_set *set, size_t index,
                                             size_t *ret_count);

#endif
