/* Answers that we make ourselves, from a fault or a refusal. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_REPLY_H
#define PROXY_REPLY_H

#include "approvals/store.h"
#include "lib/net/http_server.h"
#include "proxy/refusal.h"
#include "proxy/site.h"

/* What an answer of ours says beyond its reason; zeroed: nothing. */
struct reply {
	int status;                        /* 0: the refusal's own */
	const struct approval_view *view;  /* with an approval: its members, ticket and link */
	struct span secret;                /* of an anonymous caller's ticket */
	struct span rule;
	struct span reason;                /* a person's, for a denial */
	bool applied_async;                /* Preference-Applied: respond-async */
	bool applied_wait;                 /* Preference-Applied: wait=N */
	uint64_t wait_s;
	unsigned retry_after_s;            /* 0: none */
	bool is_accepted;                  /* 202 instead of a problem: Location, no type */
	enum error_format format;
	struct span rpc_id;                /* for ERRORS_JSONRPC: JSON text, or empty */
};

/* Ends the call: its pointer is dead on return.  The length of the answer is returned.  Of
 * a fault's reply only rule, format and id count. */
size_t reply_fault(struct http_call *call, enum fault fault, const struct reply *reply);
size_t reply_refusal(struct http_call *call, enum refusal refusal, const struct reply *reply);
/* The status that these answer with. */
int reply_status(enum refusal refusal, const struct reply *reply);
int reply_fault_status(enum fault fault, const struct reply *reply);
/* The state of an approval, for its requester: 200 with the members of a problem. */
size_t reply_state(struct http_call *call, const struct approval_view *view,
                   struct span secret);

/* "/.well-known/countersign/approvals/" */
extern const struct span reply_status_prefix;

#endif
