/* Connections to one upstream: the idle ones, and how many there are.  One per worker. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_UPSTREAM_H
#define PROXY_UPSTREAM_H

#include "lib/net/http_client.h"

struct upstream;

struct upstream *upstream_new(struct http_clients *clients, const struct address *address,
                              uint64_t connections_max);
/* Closes the idle ones; those that are lent must be back. */
void upstream_free(struct upstream *u);

/* The most recently used idle connection, or NULL. */
struct http_client *upstream_take_idle(struct upstream *u);
/* A new connection; NULL: the limit is reached, or no descriptor is left. */
struct http_client *upstream_connect(struct upstream *u);

/* Nothing idles here any more: what does is closed, what comes back will be. */
void upstream_retire(struct upstream *u);

/* After an exchange: idles if http_client_is_reusable(), else it is closed.  Taken over. */
void upstream_give_back(struct upstream *u, struct http_client **client);
/* Taken over and cut with a reset: the peer must not take what it has for complete. */
void upstream_cut(struct upstream *u, struct http_client **client);
/* Taken over and closed. */
void upstream_drop(struct upstream *u, struct http_client **client);

#endif
