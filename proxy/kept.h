/* Head and body of a call that waits here: kept in the exchange, counted in held_bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_KEPT_H
#define PROXY_KEPT_H

#include "proxy/exchange.h"

/*
 * Keeps the head as received, for judging again, and the first of the body; kept_add()
 * keeps more.  Counted against limits.held_bytes and against the requester's share of it.
 * What is refused is counted in all the same: the exchange is to end, or to let go.
 */
MUST_CHECK enum refusal kept_begin(struct exchange *x, const struct head *head,
                                   struct span body);
MUST_CHECK enum refusal kept_add(struct exchange *x, struct span body);
/* Reads the kept head into proxy->head.  False: it cannot be read any more. */
MUST_CHECK bool kept_read_head(struct exchange *x);

/* The body has gone upstream, or nowhere: empty, and counted no more. */
void kept_let_go(struct exchange *x);

#endif
