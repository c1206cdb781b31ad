/* Secrets that callers put into queries, shown as keyed digests. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_REDACT_H
#define AUDIT_REDACT_H

#include "lib/base/buf.h"
#include "lib/base/digest.h"

enum { REDACT_MAX = 4096 };

/*
 * Whether a parameter of this name usually carries a secret: "access_token", "user[password]",
 * "%74oken".  Rather one too many: the digest still lets equal values be found.
 */
bool name_is_secret(struct span name);

/*
 * Writes `query` to `ret` with each secret value as "hmac:" and 16 hex digits, equal for
 * equal values under one key.  False, and nothing in `ret`, when there is no secret in it.
 * `ret` needs memory for REDACT_MAX bytes; what goes past its max is left out whole.
 */
bool query_redact(struct span query, const struct digest *key, struct buf *ret);

#endif
