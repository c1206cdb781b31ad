/* The request as people are shown it, and its bound parts read back from there. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SHOWN_H
#define APPROVALS_SHOWN_H

#include "approvals/bound.h"
#include "approvals/sealed.h"

/* Stands in a shown body for each value that is cut out of it: never a JSON value itself. */
#define SHOWN_CUT SPAN("<not signed>")

/* Everything that is bound, and nothing else: method, host, path, query, headers, body. */
json_t *shown_json(const struct bound *bound);

/* Fills what shown_json() writes, but for the bind, which is given.  True only when the
 * request is what shown_json() makes of it: a member that is not bound is a forgery. */
MUST_CHECK bool shown_read(struct bound *bound, const json_t *request, struct arena *arena);

/* As it is written in a policy: "exact", {"exact_except": ["body:/id"]} or a list. */
json_t *shown_bind_json(const struct bind *bind);
/* Spans and parts of it live in `value` and the arena. */
MUST_CHECK bool shown_bind_read(const struct bind **ret, const json_t *value,
                                struct arena *arena);

#endif
