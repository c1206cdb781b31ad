/* Memory that dies together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "lib/base/memory.h"

struct arena_block {
	struct arena_block *next;
	size_t size;
	alignas(max_align_t) char bytes[];
};

enum { ARENA_BLOCK = 400 };

static size_t
block_size(const struct arena *a)
{
	return a->block ? a->block : ARENA_BLOCK;
}

static void *
take(struct arena *a, size_t size, size_t align)
{
	size_t skip = -(size_t)(uintptr_t)a->at & (align - 1);

	if (!a->at || skip + size > a->left) {
		size_t room = size > block_size(a) ? size : block_size(a);
		struct arena_block *block = memory_new(sizeof(*block) + room);

		block->next = a->blocks;
		block->size = room;
		a->blocks = block;
		a->at = block->bytes;
		a->left = room;
		skip = 0;
	}
	a->at += skip + size;
	a->left -= skip + size;
	return a->at - size;
}

void *
arena_new(struct arena *a, size_t size)
{
	return take(a, size ? size : 1, alignof(max_align_t));
}

struct span
arena_copy(struct arena *a, struct span bytes)
{
	return span_of(arena_cstr(a, bytes), bytes.len);
}

char *
arena_cstr(struct arena *a, struct span bytes)
{
	char *copy = take(a, bytes.len + 1, 1);

	if (bytes.len)
		memcpy(copy, bytes.ptr, bytes.len);
	copy[bytes.len] = '\0';
	return copy;
}

void
arena_reset(struct arena *a)
{
	struct arena_block *kept = a->blocks;

	/* An odd-sized block is not worth keeping. */
	if (!kept || kept->size != block_size(a)) {
		arena_clear(a);
		return;
	}
	a->blocks = kept->next;
	memset(kept->bytes, 0, (size_t)(a->at - kept->bytes));
	arena_clear(a);
	kept->next = NULL;
	a->blocks = kept;
	a->at = kept->bytes;
	a->left = kept->size;
}

void
arena_clear(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	*a = (struct arena){.block = a->block};
}
