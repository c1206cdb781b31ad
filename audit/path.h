/* Paths under the state directory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PATH_H
#define AUDIT_PATH_H

#include "lib/base/attr.h"
#include "lib/base/buf.h"

/* "dir/name"; the caller frees it. */
char *path_join(const char *dir, const char *name) __attribute__((returns_nonnull));
/* The directory that holds `path`: "." when it names none; the caller frees it. */
char *path_parent(const char *path) __attribute__((returns_nonnull));
/* Makes names in this directory last through a loss of power. */
MUST_CHECK bool dir_sync(const char *dir);

#endif
