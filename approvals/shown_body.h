/* The body of a request as people are shown it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SHOWN_BODY_H
#define APPROVALS_SHOWN_BODY_H

#include "approvals/bound.h"
#include "approvals/sealed.h"

/* Stands in a shown body for each value that is cut out of it: never a JSON value itself. */
#define SHOWN_CUT SPAN("<not signed>")

/* Adds to `request` what of the body is bound: it whole, with marks, its values, or nothing. */
void shown_body_set(json_t *request, const struct bound *bound);
/* Fills scope, body, cuts and values. */
MUST_CHECK bool shown_body_read(struct bound *bound, const json_t *request,
                                struct arena *arena);

#endif
