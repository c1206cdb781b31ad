/* What of a body is bound. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_BOUND_BODY_H
#define APPROVALS_BOUND_BODY_H

#include "approvals/bindable.h"
#include "approvals/bound.h"

/*
 * Fills scope, body, cuts and values of `ret`, whose bind is set.  A bind that names values
 * of the body makes the body read: a fault says why it cannot be.
 */
MUST_CHECK enum fault bound_body_read(struct bound *ret, const struct bindable *b,
                                      struct arena *arena);

#endif
