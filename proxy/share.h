/* How much of the memory for waiting calls each requester holds, over all workers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_SHARE_H
#define PROXY_SHARE_H

#include <stdint.h>

#include "lib/base/span.h"

/* Thread-safe; touched for calls that are kept, never for those that pass at once. */
struct shares;
/* What one requester holds; there as long as one of his calls refers to it. */
struct share;

struct shares *shares_new(void);
void shares_free(struct shares *s);

/* `requester` is copied; the same bytes give the same share, but nobody can be called as an
 * address counts: `is_named` says which it is.  Ended by share_leave(). */
struct share *share_join(struct shares *s, struct span requester, bool is_named);
/* Gives `bytes` back and forgets the share when nobody else refers to it. */
void share_leave(struct shares *s, struct share **share, uint64_t bytes);
/* Counts bytes in; how many there are now.  No lock. */
uint64_t share_add(struct share *share, uint64_t bytes);

#endif
