/* What every accepted request must bear: written for the upstream and read again, it is
 * the same request, and written once more the same bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_AGAIN_H
#define TEST_AGAIN_H

#include "lib/http/write.h"

/* NULL, or what differs.  `written` receives the bytes for the upstream. */
const char *request_again(const struct request *r, const struct request_options *options,
                          bool is_tls, struct buf *written);

#endif
