/* What the verifier tells of a trail, one thing at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_FINDING_H
#define AUDIT_FINDING_H

#include "lib/base/span.h"

enum finding_kind {
	FINDING_ALTERED,  /* bytes of this line are not those that were written */
	FINDING_MISSING,  /* lines were taken out, or cut off, at this place */
	FINDING_MOVED,    /* the line stands where it did not stand */
	FINDING_REPEATED,
	FINDING_FOREIGN,  /* not a line of any chain */
	FINDING_RESEALED, /* links fit, but a head or a signature says otherwise */
	FINDING_NOTE      /* worth knowing; no alteration */
};

/* "altered", "missing", …, "note". */
const char *finding_name(enum finding_kind kind);

struct finding {
	enum finding_kind kind;
	const char *file;   /* NULL: no place */
	uint64_t line;      /* from 1 */
	struct span chain;  /* may be empty */
	uint64_t seq;       /* 0: not known */
	const char *text;   /* for people */
};

/* Called as things are found; everything is borrowed for the call. */
typedef void finding_fn(void *owner, const struct finding *finding);

#endif
