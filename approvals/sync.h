/* Waits for the device on a thread of its own, so that the loop does not. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SYNC_H
#define APPROVALS_SYNC_H

#include "lib/net/loop.h"

struct sync;

/* On the loop's thread, once per request, in their order; never before the call returns. */
typedef void sync_fn(void *owner, bool is_durable);

struct sync *sync_new(struct loop *loop);
/* Ends the thread; what is under way is told nothing. */
void sync_free(struct sync **sync);
/* What was written to `fd` so far is synced; requests that wait together share one sync. */
void sync_request(struct sync *sync, int fd, sync_fn *fn, void *owner);

#endif
