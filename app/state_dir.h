/* Whether a state directory is ours alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_STATE_DIR_H
#define APP_STATE_DIR_H

#include "lib/base/buf.h"

/* False, and in `why` what is wrong and how to mend it: it belongs to somebody else, or others may
 * write in it.  One that cannot be looked at is not our business: true. */
MUST_CHECK bool state_dir_is_ours(const char *directory, struct buf *why);

#endif
