/* What of a query is bound. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_BOUND_QUERY_H
#define APPROVALS_BOUND_QUERY_H

#include "approvals/bindable.h"
#include "approvals/bound.h"

/* Fills query and has_query of `ret`, whose bind is set.  QUERY_REPEATED: a named parameter
 * stands twice. */
MUST_CHECK enum fault bound_query_read(struct bound *ret, const struct bindable *b,
                                       struct arena *arena);

#endif
