/* Whether another configuration can take the place of the one in force. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_RELOAD_H
#define APP_RELOAD_H

#include "app/config.h"

/*
 * Reads the file again.  NULL when it has errors, or changes something that only a restart
 * can change (what the process was started around: its threads, addresses, store, keys and
 * files).  `ret_text` tells what is wrong, in lines for people; `ret_first` is the first
 * of it, in one line.
 */
MUST_CHECK struct config *reload_read(const char *path, const struct config *in_force,
                                      struct buf *ret_text, struct buf *ret_first);

#endif
