/* Host and port in one form: RFC 3986 section 3.2, without user and without tricks. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_AUTHORITY_H
#define HTTP_AUTHORITY_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/span.h"

struct authority {
	struct span host; /* lower case; an IPv6 literal keeps its brackets */
	uint16_t port;    /* 0: none, or the default of the scheme */
};

/* False when `text` is not one.  `host` points into `text` where that is lower case
 * already, else into `arena`. */
MUST_CHECK bool authority_read(struct span text, bool is_tls, struct arena *arena,
                               struct authority *ret);

#endif
