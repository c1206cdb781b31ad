/* One person's yes or no, signed by the admin endpoint that took it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SIGNED_DECISION_H
#define APPROVALS_SIGNED_DECISION_H

#include "approvals/quorum.h"
#include "approvals/signed_request.h"

/* What is signed; all borrowed. */
struct decision_draft {
	const struct signed_request *request;
	bool approves;
	const struct person *by;
	struct span reason;
	struct wall decided_at, expires_at;
	struct digest shown; /* of what the approver was shown */
	struct span node, boot;
};
void decision_seal(const struct decision_draft *draft, const struct private_key *key,
                   struct buf *to);

/* A verified one.  Spans point into `doc` and `arena`, which it owns. */
struct signed_decision {
	json_t *doc;
	struct arena arena;
	struct vote vote;
	struct span reason;
	struct wall decided_at, expires_at;
};

/*
 * True when the bytes are sealed by an admin's key we trust and decide exactly this request:
 * its id, and the digest of its signed bytes.  Cleared with signed_decision_clear()
 * whatever the answer was.
 */
MUST_CHECK bool signed_decision_open(struct signed_decision *ret, struct span sealed,
                                     const struct signed_request *request,
                                     const struct keyring *keys);
void signed_decision_clear(struct signed_decision *d);

#endif
