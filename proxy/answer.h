/* The head of the upstream's answer, as the caller gets it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_ANSWER_H
#define PROXY_ANSWER_H

#include "proxy/exchange.h"

/* Also tells the call how the body will be framed.  False: it cannot be written. */
MUST_CHECK bool answer_write(struct exchange *x, const struct head *head,
                             const struct framing *framing, struct buf *to);

#endif
