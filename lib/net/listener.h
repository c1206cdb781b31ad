/* A listening socket of one loop: bind, accept. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include "lib/net/address.h"
#include "lib/net/loop.h"

struct listener;
/* `fd` is the taker's, non-blocking. */
typedef void listener_fn(void *owner, int fd);

/* Binds.  -1, and a sentence in `why`, also when another process listens there already.  A
 * stale Unix socket is replaced. */
MUST_CHECK int listener_bind(const struct address *at, struct buf *why);
/* `count` sockets on one address, each with a queue of its own (SO_REUSEPORT); a Unix
 * socket is shared.  False, and a sentence in `why`; nothing stays open then. */
MUST_CHECK bool listener_bind_each(const struct address *at, int *fds, size_t count,
                                   struct buf *why);
struct listener *listener_new(struct loop *loop, int fd);
/* While no descriptors are left, accepting rests for moments; who connects waits. */
void listener_start(struct listener *l, listener_fn *fn, void *owner);
void listener_free(struct listener **l);

#endif
