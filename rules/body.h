/* What rules can know of a body: read once, or the reason why it cannot be read. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_BODY_H
#define RULES_BODY_H

#include "lib/base/arena.h"
#include "lib/base/json_scan.h"
#include "lib/http/request.h"

enum body_form {
	BODY_IS_ABSENT, /* of a method that needs none: everything in it is absent */
	BODY_IS_JSON,
	BODY_IS_FORM,
};

/* Borrows the body and the arena. */
struct body_facts {
	enum fault fault;              /* not FAULT_NONE: nothing else counts */
	enum body_form form;
	struct span text;              /* BODY_IS_FORM: the parameters */
	const struct json_fact *facts; /* BODY_IS_JSON: one for each of the pointers */
};

/*
 * `body` is complete and within the limit; `pointers` are ruleset_pointers().  The fault is kept for whoever needs the body:
 * a judgement that does not depend on it is made all the same.
 */
void body_facts_read(struct body_facts *ret, const struct pointer_set *pointers,
                     const struct request *r, struct span body, struct arena *arena);
/* It could not even be collected, as when it is too large. */
void body_facts_fault(struct body_facts *ret, enum fault fault);

/* Of a request that can have no body to read: GET, HEAD, OPTIONS without one. */
bool body_is_absent(const struct request *r);

/* What stands at a pointer; NULL unless the body is JSON that was read. */
const struct json_fact *body_facts_at(const struct body_facts *facts, size_t pointer);

#endif
