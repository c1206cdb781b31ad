/* Which processes that shared this state directory still live. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_BOOTS_H
#define APPROVALS_BOOTS_H

#include "lib/base/buf.h"

/* STATE_DIR/boots has a file per process, locked for as long as the process lives: a lock
 * ends with its holder, however that ends. */
struct boots;

/* Several threads of one process may enter with the same name.  Removes the files of those
 * that are gone. */
MUST_CHECK struct boots *boots_enter(const char *state_dir, const char *boot, struct buf *why);
void boots_leave(struct boots **boots);
/* Our own boot is never gone. */
bool boots_is_gone(const struct boots *boots, const char *boot);

#endif
