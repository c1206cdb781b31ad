/* Answers that we make ourselves: problem+json (RFC 9457) from a fault or a refusal. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_REPLY_H
#define PROXY_REPLY_H

#include "approvals/store.h"
#include "lib/net/http_server.h"
#include "proxy/refusal.h"

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
};

/* Ends the call: its pointer is dead on return.  The length of the answer is returned. */
size_t reply_fault(struct http_call *call, enum fault fault);
size_t reply_refusal(struct http_call *call, enum refusal refusal, const struct reply *reply);
/* The state of an approval, for its requester: 200 with the members of a problem. */
size_t reply_state(struct http_call *call, const struct approval_view *view,
                   struct span secret);

/* "/.well-known/countersign/approvals/" */
extern const struct span reply_status_prefix;

#endif
