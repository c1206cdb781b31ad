/* The groups of members that many records share, with the key names of docs/audit.md. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_RECORD_H
#define AUDIT_RECORD_H

#include "audit/ring.h"

/*
 * Each writes one member (or group) into the record that record_begin() has begun on this
 * ring.  Everything is borrowed for the call.  Empty spans and NULLs leave their member
 * out.  What is too long is cut at a whole character and named in `truncated`, so that a
 * line stays under 8 KiB; what is secret in a query is shown as a keyed digest.
 */

/*
 * Before any member, for what may be written more than once, by whomever: the id of the
 * record is then made of the event, the approval's id and `detail` (a claim, a signed
 * decision; or empty), so that it is one record to receivers.
 */
void record_identify(struct audit_ring *ring, enum record_code code, struct span approval,
                     struct span detail);
/* Before any member: another severity than the event's own. */
void record_severity(struct audit_ring *ring, const char *severity);

struct record_person {
	struct span id;            /* empty: "anonymous" */
	const struct span *groups;
	size_t group_count;
	const char *auth;          /* identity_source_name() */
	bool is_unnamed;           /* and may be one of those who approve: that is said */
	struct span source;        /* the address; of approvers, for callers have record_source() */
};

void record_actor(struct audit_ring *ring, const struct record_person *person);
void record_approver(struct audit_ring *ring, const struct record_person *person);

/* src: the caller's address without port, and the port (0: none). */
void record_source(struct audit_ring *ring, struct span ip, unsigned port);
/* dst: the upstream's name and the host the call was for. */
void record_destination(struct audit_ring *ring, struct span name, struct span host);

struct record_request {
	struct span method, host, path, query;
	uint64_t bytes;            /* of the body */
	const struct digest *body; /* SHA-256 of a body that was read whole, or NULL */
};
void record_request(struct audit_ring *ring, const struct record_request *request);
/* resp: `us` from the first byte of the request to the end of the answer. */
void record_response(struct audit_ring *ring, unsigned status, uint64_t bytes, int64_t us);

void record_rule(struct audit_ring *ring, struct span name, const struct digest *hash);
void record_site(struct audit_ring *ring, struct span name);
/* "allow", "deny", "approval". */
void record_verdict(struct audit_ring *ring, const char *verdict);

struct record_approval {
	struct span id;
	const char *state;             /* approval_state_name() */
	const struct digest *binding;
	struct span code;
	struct span claim;             /* in approval.claimed and all that follows from it */
	unsigned have, need;           /* need 0: both left out */
	uint64_t uses;                 /* what it is good for; 0: left out */
	struct wall expires;           /* 0: left out */
};
void record_approval(struct audit_ring *ring, const struct record_approval *approval);

/* The words of a person, or of ours. */
void record_reason(struct audit_ring *ring, struct span reason);
/* Any other text of somebody else's choosing: at most `max` bytes of it. */
void record_text(struct audit_ring *ring, const char *key, struct span value, size_t max);

#endif
