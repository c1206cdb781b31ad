/* Memory that cannot be had ends the process: fails closed, and leaves no untested branch. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

#include "lib/base/attr.h"
#include "lib/base/span.h"

/* Zeroed.  Only for amounts that a caller cannot choose, or that a named limit bounds. */
void *memory_new(size_t size) __attribute__((malloc, returns_nonnull));
void *memory_new_array(size_t count, size_t size) __attribute__((returns_nonnull));
void *memory_resize(void *old, size_t size) __attribute__((returns_nonnull));
char *memory_cstr(struct span text) __attribute__((returns_nonnull));

/* Overwrites secrets in a way the compiler may not drop. */
void memory_wipe(void *ptr, size_t len);

NORETURN void memory_exhausted(void);

#endif
