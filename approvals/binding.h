/* What people sign: the bound parts of one request in one form, and its digest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_BINDING_H
#define APPROVALS_BINDING_H

#include "rules/verdict.h"

/* What a binding is made of; all borrowed. */
struct bindable {
	struct span namespace, site, rule;
	const struct digest *effect;     /* of the rule: requirement.effect */
	const struct person *requester;
	struct span anonymous_source;    /* counted instead of a name when there is none */
	const struct request *request;   /* canonical: method, path, query, fields */
	struct span upstream_host;       /* the Host that goes upstream */
	struct span body;                /* complete */
	struct span binding_secret;      /* keys the digests of credentials */
	/* Fields that named the caller (a token, an identity header): bound as the requester,
	 * not as bytes.  Asked for each field that no flag of fields.def leaves out. */
	bool (*is_identity)(const void *ctx, const struct head *h, const struct field *f);
	const void *ctx;
};

/* SHA-256 over a domain tag and counted parts: namespace, site, rule, effect, requester,
 * method, host, path, query, each forwarded field that is bound, length and SHA-256 of the
 * body.  docs/binding.md has the exact form. */
struct digest binding_digest(const struct bindable *b);

/*
 * The parts one by one, for who shows them and for who checks what is shown.  Names are in
 * lower case, fields stand in the order of their names (in received order where a name comes
 * more than once): that is all of the order that means something (RFC 9110 section 5.3).
 */
struct bound_field {
	struct span name;
	struct span value; /* of a FIELD_SECRET: "hmac-sha256:" and 64 hex digits */
};
struct bound {
	struct span namespace, site, rule;
	struct digest effect;
	bool is_named;
	struct span requester; /* the user; of the unnamed the source address */
	struct span method, host, path, query;
	bool has_query;
	struct bound_field *fields;
	size_t field_count;
	uint64_t body_bytes;
	struct digest body_sha256;
};
/* Spans of `ret` point into what `b` borrows and into the arena. */
void bound_read(struct bound *ret, const struct bindable *b, struct arena *arena);
/* In the order bound_digest() needs. */
void bound_sort(struct bound *bound);
struct digest bound_digest(const struct bound *bound);

/* The short code two people compare over the telephone: "K7QF-2M9D", from the digest. */
enum { CODE_TEXT = 10 };
void binding_code(const struct digest *binding, char ret[CODE_TEXT]);

#endif
