/* A private redis-server: for one node, for trying out and for small houses. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_EMBEDDED_H
#define APPROVALS_EMBEDDED_H

#include "lib/base/buf.h"

struct embedded;

/*
 * Starts redis-server on STATE_DIR/redis/redis.sock and waits until it answers.  It syncs
 * every write, dies with us, and no second one can run on the same directory.  Called by the
 * main thread before there are others: the kernel ties the child's life to the thread that
 * makes it.  NULL, and a sentence in `why`.
 */
MUST_CHECK struct embedded *embedded_start(const char *state_dir, struct buf *why);
/* "unix:/…/redis.sock": what store_settings.redis takes. */
const char *embedded_address(const struct embedded *e);
/* By the main thread, at SIGCHLD or now and then: starts it again if it died, at most once a
 * second.  What was acknowledged is on the disk, so nothing is lost by it. */
void embedded_check(struct embedded *e);
/* Asks it to end, waits, and kills it if it does not. */
void embedded_stop(struct embedded **e);

#endif
