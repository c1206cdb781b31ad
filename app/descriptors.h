/* Open files: how many the system lets us have, and how many of them are for callers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_DESCRIPTORS_H
#define APP_DESCRIPTORS_H

#include "app/config.h"

/*
 * Raises the limit of this process as far as it may be, and tells how many callers may be
 * connected at a time: at most limits.connections, and so few that files, store, upstreams
 * and the admin endpoint find descriptors whatever callers do.  Logs when these are fewer, and
 * not as many as `*callers` said before (0 at start).  False, and a sentence in `why`, when the limit leaves none at all.
 */
MUST_CHECK bool descriptors_take(const struct config *config, uint64_t *callers,
                                 struct buf *why);
/* The same without the system: of `files`; 0: none are left. */
uint64_t descriptors_for_callers(const struct config *config, uint64_t files);

#endif
