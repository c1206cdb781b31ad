/* From a head to what is judged: site, canonical request, caller, verdict. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_EXAMINE_H
#define PROXY_EXAMINE_H

#include "proxy/exchange.h"

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

/* Says so, and ends the exchange. */
void examine_refuse(struct exchange *x, struct objection no);

/* Site, canonical request and caller, into proxy->examined; and what the trail needs in the
 * exchange.  The same for the first look and for judging again. */
struct objection examine_head(struct exchange *x, const struct head *head);

/*
 * What the rules say of the examined head, while the body has not been read, with the whole
 * body, and with a body that cannot be read because of `fault`.  Nothing stands against a
 * request of which there is no verdict yet: examined.verdict.needs_body says so.
 */
struct objection examine_rules(struct exchange *x);
struct objection examine_body(struct exchange *x, struct span body);
struct objection examine_unread(struct exchange *x, enum fault fault);

/* Of an approval: whether the site wants a name for it, and there is none. */
bool examine_lacks_name(const struct exchange *x);

/* On a site that answers in JSON-RPC: keeps the id of the request in `body`. */
void examine_rpc_id(struct exchange *x, struct span body);

/* The head as it goes upstream, into x->out; `ticket` for gated calls only, `length` where
 * the body was collected.  False: it cannot be written as it was judged. */
MUST_CHECK bool examine_write(struct exchange *x, struct span ticket, uint64_t length);

/* Whether a field is left out of bindings because it named the caller. */
bool examine_is_identity(const void *ctx, const struct head *h, const struct field *f);

#endif
