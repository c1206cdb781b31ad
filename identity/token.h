/* Static tokens, found by their digest, or by a copy that was proven before. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IDENTITY_TOKEN_H
#define IDENTITY_TOKEN_H

#include "lib/base/buf.h"
#include "lib/base/digest.h"

/* identity.tokens: one entry.  The token itself is never configured. */
struct identity_token {
	struct span user;
	const struct span *groups;
	size_t group_count;
	struct digest sha256;
};

struct token_table;

/* `tokens` must outlive the table.  NULL, and a sentence in `why`, when one stands twice. */
MUST_CHECK struct token_table *token_table_new(const struct identity_token *tokens,
                                               size_t count, struct buf *why);
void token_table_free(struct token_table *table);
bool token_table_is_empty(const struct token_table *table);

/* NULL: unknown.  Safe from many threads at once. */
const struct identity_token *token_table_find(const struct token_table *table,
                                              struct span token, uintptr_t *memo);
const struct identity_token *token_table_find_digest(const struct token_table *table,
                                                     const struct digest *sha256);

#endif
