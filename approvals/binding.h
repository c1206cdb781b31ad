/* What people sign: the bound parts of one request in one form, and its digest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_BINDING_H
#define APPROVALS_BINDING_H

#include "approvals/bindable.h"
#include "approvals/bound.h"

/*
 * What of it is bound, part by part; spans of `ret` point into what `b` borrows and into the
 * arena.  A fault: the call cannot be read for its bind (a named parameter stands twice, a
 * body with named values is not one JSON document with one reading), and is to be refused
 * with it.  BIND_EXACT has none.
 */
MUST_CHECK enum fault bound_read(struct bound *ret, const struct bindable *b,
                                 struct arena *arena);
/* bound_digest() of it. */
MUST_CHECK enum fault binding_digest(const struct bindable *b, struct digest *ret);

/* The short code two people compare over the telephone: "K7QF-2M9D", from the digest. */
enum { CODE_TEXT = 10 };
void binding_code(const struct digest *binding, char ret[CODE_TEXT]);

#endif
