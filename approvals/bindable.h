/* A call as it stands before it is bound. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_BINDABLE_H
#define APPROVALS_BINDABLE_H

#include "identity/person.h"
#include "lib/base/digest.h"
#include "lib/http/request.h"
#include "rules/bind.h"

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

#endif
