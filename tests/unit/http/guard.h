/* Bytes that end where readable memory ends: one step past them is a crash. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_GUARD_H
#define TEST_GUARD_H

#include "lib/base/span.h"

enum { GUARD_MAX = 256 * 1024 };

/* A copy flush against a page that may not be touched; valid until the next call. */
char *guard_copy(struct span bytes);

#endif
