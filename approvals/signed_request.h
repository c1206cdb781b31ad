/* What people are asked: the request, whole and signed by the proxy that opened it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SIGNED_REQUEST_H
#define APPROVALS_SIGNED_REQUEST_H

#include "approvals/binding.h"
#include "approvals/sealed.h"
#include "approvals/ulid.h"

/* What the opener knows before the store is asked; all borrowed. */
struct request_draft {
	const struct bindable *bindable;
	const struct requirement *requirement;
	struct digest binding;
	struct span title, reason;
	struct span source;     /* of a named caller, for people */
	struct span node, boot;
};

/* The document without id, epoch and times. */
json_t *request_draft_json(const struct request_draft *draft);

/* What is known only when it is sent. */
struct request_stamp {
	const char *id;
	struct span epoch;
	struct wall now;
	const struct digest *secret; /* of an unnamed caller's ticket: its SHA-256; else NULL */
	const char *follows;         /* the approval of another epoch it stands for; or NULL */
};
/* Completes the draft, which may be stamped again, and seals it. */
void request_stamp(json_t *draft, const struct request_stamp *stamp,
                   const struct private_key *key, struct buf *to);

/* A verified one.  Spans point into `doc` and `arena`, which it owns. */
struct signed_request {
	json_t *doc;
	struct arena arena;
	struct digest digest; /* of the JSON's bytes: what a decision names */
	char id[ULID_LEN + 1];
	struct span namespace, site, rule, title, reason, epoch, node;
	struct person requester;
	struct span source;
	struct digest binding;
	struct requirement requirement; /* needs, uses, times, effect */
	struct wall created_at, expires_at;
	bool has_secret;
	struct digest secret;
};

/*
 * True when the bytes are sealed by a proxy's key we trust, say what a request must say, and
 * what they show gives the binding they name.  Cleared with signed_request_clear() whatever
 * the answer was.
 */
MUST_CHECK bool signed_request_open(struct signed_request *ret, struct span sealed,
                                    const struct keyring *keys);
void signed_request_clear(struct signed_request *r);

#endif
