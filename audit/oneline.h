/* A record as one line for people. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_ONELINE_H
#define AUDIT_ONELINE_H

#include "lib/base/buf.h"

/* Without a line feed.  Anything outside printable ASCII is shown as \xNN.  What is no
 * record is shown as it is. */
void oneline_add(struct buf *to, struct span line);
/* Any text, shown the same way. */
void oneline_add_visible(struct buf *to, struct span text);

#endif
