/* What the process says of its configuration: in the log and in the trail. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_ANNOUNCE_H
#define APP_ANNOUNCE_H

#include "app/config.h"
#include "audit/audit.h"

/* "2 sites, 14 rules". */
void announce_size(const struct config *config, struct buf *to);
/* It is in force: config.loaded, and what its sites take that others refuse. */
void announce_loaded(const struct config *config, struct audit_ring *ring);
/* Another one could not take its place; `first` is the first complaint. */
void announce_refused(struct span first, struct audit_ring *ring);

#endif
