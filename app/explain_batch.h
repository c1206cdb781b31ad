/* Requests as JSON lines, each explained on a line. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_EXPLAIN_BATCH_H
#define APP_EXPLAIN_BATCH_H

#include "app/config.h"

/* From standard input to standard output.  False: some line is no request, and the line of
 * its answer says why. */
MUST_CHECK bool explain_batch(const struct config *config, bool shows_rules);

#endif
