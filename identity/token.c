/* Static tokens. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/token.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "lib/base/memory.h"

/* Longer tokens work too, they are only not remembered. */
enum { PROVEN_MAX = 512 };

/* A token whose digest was found equal once.  Never changes after it was published. */
struct proven {
	size_t len;
	char bytes[];
};

struct slot {
	const struct identity_token *token; /* NULL: free */
	_Atomic(struct proven *) proven;
};

/*
 * Open addressing by the first bytes of the digest.  They are as good as random and who
 * looks for a slot has to find a preimage to choose it, so there is no seed.
 */
struct token_table {
	struct slot *slots;
	size_t mask;
	size_t count;
	uint32_t generation; /* no two tables of a process have the same one */
};

/* The memo of a connection: generation, and slot number + 1. */
static uintptr_t
memo_of(const struct token_table *table, size_t slot)
{
	return (uintptr_t)table->generation << 32 | (uintptr_t)(slot + 1);
}

static size_t
first_slot(const struct token_table *table, const struct digest *d)
{
	size_t word;

	memcpy(&word, d->bytes, sizeof(word));
	return word & table->mask;
}

/* The slot of this digest, or the free one where it would stand. */
static size_t
seek(const struct token_table *table, const struct digest *d)
{
	size_t at = first_slot(table, d);

	while (table->slots[at].token && !digest_eq(&table->slots[at].token->sha256, d))
		at = (at + 1) & table->mask;
	return at;
}

static bool
add(struct token_table *table, const struct identity_token *token, struct buf *why)
{
	size_t at = seek(table, &token->sha256);

	if (table->slots[at].token) {
		buf_addf(why, "the same token is given to %.*s and to %.*s",
		         SPAN_ARG(table->slots[at].token->user), SPAN_ARG(token->user));
		return false;
	}
	table->slots[at].token = token;
	table->count++;
	return true;
}

struct token_table *
token_table_new(const struct identity_token *tokens, size_t count, struct buf *why)
{
	static atomic_uint generations;
	struct token_table *table = memory_new(sizeof(*table));
	size_t size = 8;

	while (size < count * 2)
		size *= 2;
	table->slots = memory_new_array(size, sizeof(*table->slots));
	table->mask = size - 1;
	table->generation = atomic_fetch_add(&generations, 1) + 1;
	for (size_t i = 0; i < count; i++) {
		if (!add(table, &tokens[i], why)) {
			token_table_free(table);
			return NULL;
		}
	}
	return table;
}

void
token_table_free(struct token_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i <= table->mask; i++) {
		struct proven *proven = atomic_load(&table->slots[i].proven);

		if (proven)
			memory_wipe(proven->bytes, proven->len);
		free(proven);
	}
	free(table->slots);
	free(table);
}

bool
token_table_is_empty(const struct token_table *table)
{
	return table->count == 0;
}

/* The first thread that proves a token publishes the copy; a second one throws its own
 * away.  Nobody ever waits, and nothing that was published is freed before the table. */
static void
remember(struct slot *slot, struct span token)
{
	struct proven *expected = NULL, *copy;

	if (token.len > PROVEN_MAX || atomic_load_explicit(&slot->proven, memory_order_relaxed))
		return;
	copy = memory_new(sizeof(*copy) + token.len);
	copy->len = token.len;
	memcpy(copy->bytes, token.ptr, token.len);
	if (!atomic_compare_exchange_strong(&slot->proven, &expected, copy)) {
		memory_wipe(copy->bytes, copy->len);
		free(copy);
	}
}

/* A memo only says where to look: the bytes must equal those that were proven. */
static const struct identity_token *
find_remembered(const struct token_table *table, struct span token, uintptr_t memo)
{
	size_t slot = (size_t)(memo & UINT32_MAX) - 1;
	const struct proven *proven;

	if (memo >> 32 != table->generation || slot > table->mask)
		return NULL;
	proven = atomic_load_explicit(&table->slots[slot].proven, memory_order_acquire);
	if (!proven || !secret_eq(span_of(proven->bytes, proven->len), token))
		return NULL;
	return table->slots[slot].token;
}

const struct identity_token *
token_table_find(const struct token_table *table, struct span token, uintptr_t *memo)
{
	const struct identity_token *found;
	struct digest digest;
	size_t at;

	if (memo && *memo) {
		found = find_remembered(table, token, *memo);
		if (found)
			return found;
	}
	if (token.len == 0 || table->count == 0)
		return NULL;
	digest = digest_of(token);
	at = seek(table, &digest);
	if (!table->slots[at].token)
		return NULL;
	if (memo) {
		remember(&table->slots[at], token);
		*memo = memo_of(table, at);
	}
	return table->slots[at].token;
}

const struct identity_token *
token_table_find_digest(const struct token_table *table, const struct digest *sha256)
{
	return table->count ? table->slots[seek(table, sha256)].token : NULL;
}
