/* The key of the digests that stand in for secrets: kept beside the trail's state. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_SECRET_H
#define AUDIT_SECRET_H

#include "lib/base/buf.h"
#include "lib/base/digest.h"

/* Reads the 32 bytes in `path`, or makes them there; several processes may race. */
MUST_CHECK bool secret_open(const char *path, struct digest *ret, struct buf *why);

#endif
