/* Parts of a file as people may see them: nothing in them can move a cursor or hide. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_EXCERPT_H
#define BASE_EXCERPT_H

#include "lib/base/arena.h"
#include "lib/base/manuscript.h"

enum { TEXT_VISIBLE_MAX = 600 };

/* A copy of at most TEXT_VISIBLE_MAX bytes, one visible cell for each code point. */
struct span text_visible(struct span text, struct arena *arena);
/* The offset of code point number `count`, or the length. */
size_t text_skip_points(struct span text, size_t count);

/* The part of a line around a place; a long line is cut on both sides. */
struct excerpt {
	struct span text;
	size_t caret; /* cells before the place */
};

struct excerpt excerpt_of(const struct manuscript *manuscript, struct mark mark,
                          struct arena *arena);

#endif
