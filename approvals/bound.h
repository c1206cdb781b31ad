/* The bound parts of one request: what is shown to people, and what their digest is made of. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_BOUND_H
#define APPROVALS_BOUND_H

#include "rules/verdict.h"

struct bound_field {
	struct span name;
	struct span value; /* of a FIELD_SECRET: "hmac-sha256:" and 64 hex digits */
};

/* A value that stood in the body and is not signed. */
struct bound_cut {
	struct span pointer;
	size_t at; /* where it was taken out of bound.body; never less than the one before */
};

/* A value of the body that is signed by itself. */
struct bound_value {
	struct span pointer;
	bool is_present;
	struct span json; /* its bytes, as they stand in the body */
};

enum body_scope {
	BODY_SCOPE_WHOLE,
	BODY_SCOPE_CUT,    /* all but the values of `cuts` */
	BODY_SCOPE_VALUES, /* nothing but `values` */
	BODY_SCOPE_NONE,
};

/*
 * Names of fields are in lower case, fields stand in the order of their names (in received
 * order where a name comes more than once): that is all of the order that means something
 * (RFC 9110 section 5.3).
 */
struct bound {
	struct span namespace, site, rule;
	struct digest effect;
	bool is_named;
	struct span requester; /* the user; of the unnamed the source address */
	const struct bind *bind;
	struct span method, host, path;
	struct span query; /* what of it is bound */
	bool has_query;
	struct bound_field *fields;
	size_t field_count;
	enum body_scope scope;
	struct span body;  /* WHOLE: all bytes; CUT: those that are left */
	struct digest body_sha256; /* of the whole one */
	struct bound_cut *cuts;
	size_t cut_count;
	struct bound_value *values; /* in the order of the bind's parts */
	size_t value_count;
};

/* "hmac-sha256:" and 64 hex digits: who can read Redis must not learn a credential, nor
 * test guesses without the secret. */
struct span bound_keyed(struct span secret, struct span value, struct arena *arena);

/* In the order bound_digest() needs. */
void bound_sort(struct bound *bound);

/* SHA-256 over a domain tag and counted, tagged parts; docs/binding.md has the exact form. */
struct digest bound_digest(const struct bound *bound);

/* Whether the bind names a part of this kind. */
bool bound_names(const struct bound *bound, enum bind_part_kind kind);

/* "exact", "exact_except", "parts". */
struct span bound_mode_word(enum bind_mode mode);

#endif
