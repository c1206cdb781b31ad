/* Another configuration while the process serves: whole or not at all. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_ADOPT_H
#define APP_ADOPT_H

#include "app/process.h"

/*
 * Reads the file again.  Every door adopts the same snapshot, or, when it has errors or
 * changes what takes a restart, none does: false.  `ret_text` tells all that is wrong, in
 * lines for people.
 */
bool adopt_configuration(struct process *p, struct buf *ret_text);

/* From any thread: the same, and `fn` is told on the admin endpoint's thread.  `process` is a
 * struct process; see struct admin_parts. */
void adopt_for_admin(void *process, reload_fn *fn, void *owner);

#endif
