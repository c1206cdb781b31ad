/* Memory that dies together: everything that belongs to one exchange or one loaded file. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "lib/base/span.h"

struct arena_block;

/* Zeroed is ready for use and holds no memory. */
struct arena {
	struct arena_block *blocks;
	char *at;
	size_t left;
	size_t block; /* bytes to take at a time, and to keep; 0: as few as one exchange needs */
};

/* Zeroed bytes, aligned for any type. */
void *arena_new(struct arena *a, size_t size) __attribute__((returns_nonnull));
struct span arena_copy(struct arena *a, struct span bytes);
char *arena_cstr(struct arena *a, struct span bytes) __attribute__((returns_nonnull));

/* Empty again, one block kept for the next use. */
void arena_reset(struct arena *a);
/* Frees it all; zeroed again. */
void arena_clear(struct arena *a);

#endif
