/* The request as people are shown it, and its bound parts read back from there. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SHOWN_H
#define APPROVALS_SHOWN_H

#include "approvals/bound.h"
#include "approvals/sealed.h"

/* Everything that is bound, and nothing else: method, host, path, query, headers, body. */
json_t *shown_json(const struct bound *bound);

/* Fills what shown_json() writes, but for the bind, which is given.  True only when the
 * request is what shown_json() makes of it: a member that is not bound is a forgery. */
MUST_CHECK bool shown_read(struct bound *bound, const json_t *request, struct arena *arena);

#endif
