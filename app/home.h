/* The state directory, and who we are: a node that outlives the process, and its boot. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_HOME_H
#define APP_HOME_H

#include "lib/base/buf.h"

enum { HOME_NAME_MAX = 32 };

struct home {
	const char *dir;
	char node[HOME_NAME_MAX]; /* kept in state_dir/node */
	char boot[HOME_NAME_MAX]; /* new with each start */
};

/* Makes the directory (mode 0700) when it is missing.  False, and a sentence in `why`. */
MUST_CHECK bool home_open(struct home *h, const char *dir, struct buf *why);

#endif
