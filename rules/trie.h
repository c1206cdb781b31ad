/* Finds the few rules that a path may concern among thousands: a trie of path segments. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_TRIE_H
#define RULES_TRIE_H

#include "rules/pattern.h"

/*
 * Segments are told apart by a hash that all variants of a spelling share, and by nothing
 * else: what the trie finds are candidates, a few more than match and never fewer, and
 * path_pattern_test() has the word.
 */
struct trie;

struct trie_entry {
	const struct path_pattern *pattern; /* borrowed; NULL: any path */
	uint32_t rule;
	uint32_t methods; /* a bit per enum method */
	uint32_t next;    /* the trie's own */
};

struct trie *trie_new(void);
void trie_free(struct trie *t);
void trie_add(struct trie *t, const struct path_pattern *pattern, uint32_t rule,
              unsigned methods);

/* Called for each entry that takes the method and may match the path; a rule with several
 * paths may come several times. */
typedef void trie_fn(void *ctx, const struct trie_entry *entry);
void trie_walk(const struct trie *t, const struct path *path, enum method method,
               trie_fn *fn, void *ctx);

#endif
