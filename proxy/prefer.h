/* What the caller would rather: Prefer: wait=N, respond-async.  RFC 7240. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_PREFER_H
#define PROXY_PREFER_H

#include "lib/http/head.h"

struct prefer {
	bool is_async; /* respond-async */
	bool has_wait;
	uint64_t wait_s;
};

/* All lines of Prefer in order; what is not understood is ignored, as the RFC asks. */
struct prefer prefer_read(const struct head *h);

#endif
