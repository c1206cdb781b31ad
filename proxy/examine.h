/* From a head to what is judged: site, canonical request, caller, verdict. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_EXAMINE_H
#define PROXY_EXAMINE_H

#include "proxy/worker.h"

/* Why not; both NONE: nothing stands against it. */
struct objection {
	enum fault fault;
	enum refusal refusal;
};

static inline bool
objection_stands(struct objection no)
{
	return no.fault != FAULT_NONE || no.refusal != REFUSAL_NONE;
}

/* Fills proxy->examined and what the trail needs in the exchange.  The same for the first
 * look and for judging again. */
struct objection examine(struct exchange *x, const struct head *head);

/* The head as it goes upstream, into x->out; `ticket` and `length` for gated calls only.
 * False: it cannot be written as it was judged. */
MUST_CHECK bool examine_write(struct exchange *x, struct span ticket, uint64_t length);

/* Whether a field is left out of bindings because it named the caller. */
bool examine_is_identity(const void *ctx, const struct head *h, const struct field *f);

#endif
