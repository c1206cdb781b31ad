/* Counts as people read them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_COUNT_H
#define APP_COUNT_H

#include "lib/base/buf.h"

/* "1 site", "2 sites". */
static inline void
count_words(struct buf *to, uint64_t count, const char *thing)
{
	buf_add_u64(to, count);
	buf_addf(to, " %s%s", thing, count == 1 ? "" : "s");
}

#endif
