/* What people sign: the bound parts of one request in one form, and its digest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_BINDING_H
#define APPROVALS_BINDING_H

#include "approvals/bound.h"

/* What a binding is made of; all borrowed. */
struct bindable {
	struct span namespace, site, rule;
	const struct digest *effect;     /* of the rule: requirement.effect */
	const struct person *requester;
	struct span anonymous_source;    /* counted instead of a name when there is none */
	const struct request *request;   /* canonical: method, path, query, fields */
	const struct bind *bind;         /* requirement.bind; NULL: exact */
	struct span upstream_host;       /* the Host that goes upstream */
	struct span body;                /* complete */
	uint64_t inspected_body_max;     /* the largest body that is read as JSON */
	struct span binding_secret;      /* keys the digests of credentials */
	/* Fields that named the caller (a token, an identity header): bound as the requester,
	 * not as bytes.  Asked for each field that no flag of fields.def leaves out. */
	bool (*is_identity)(const void *ctx, const struct head *h, const struct field *f);
	const void *ctx;
};

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

/* "hmac-sha256:" and 64 hex digits: who can read Redis must not learn a credential, nor
 * test guesses without the secret. */
struct span binding_keyed(struct span secret, struct span value, struct arena *arena);

/* The short code two people compare over the telephone: "K7QF-2M9D", from the digest. */
enum { CODE_TEXT = 10 };
void binding_code(const struct digest *binding, char ret[CODE_TEXT]);

#endif
