/* What the targets share: how they fail, and input in two parts. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NULL is no reason to. */
static inline void
die_if(const char *why)
{
	if (!why)
		return;
	fprintf(stderr, "%s\n", why);
	abort();
}

static inline void
must(bool holds, const char *why)
{
	die_if(holds ? NULL : why);
}

/* The first line goes to `ret_line`; false when there is no second one. */
static inline bool
cut_line(struct span *rest, struct span *ret_line)
{
	return span_cut(rest, '\n', ret_line) && rest->ptr;
}

#endif
