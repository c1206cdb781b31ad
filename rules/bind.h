/* What of a request people sign. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_BIND_H
#define RULES_BIND_H

#include "lib/base/span.h"

enum bind_mode {
	BIND_EXACT,
	BIND_EXACT_EXCEPT, /* all but the parts: of kinds QUERY_NAME, HEADER, BODY_POINTER */
	BIND_PARTS,        /* just the parts, beside what every binding has */
};

enum bind_part_kind {
	PART_PATH,
	PART_QUERY,
	PART_QUERY_NAME,
	PART_HEADER,
	PART_BODY,
	PART_BODY_POINTER,
};

/* Belongs to the ruleset. */
struct bind_part {
	enum bind_part_kind kind;
	struct span name; /* of a parameter; of a header, in lower case; the pointer */
	size_t pointer;   /* PART_BODY_POINTER: where body_facts_at() finds it */
};

enum { BIND_PARTS_MAX = 32 };

/* Parts are in order of kind, then name; none is a part of another. */
struct bind {
	enum bind_mode mode;
	size_t count;
	const struct bind_part *parts[BIND_PARTS_MAX];
};

/*
 * Of two demands all that either binds: exact wins; of two exceptions only what both leave
 * out; of two lists every part; an exception loses what a list names.  False: more parts
 * than one demand can name.
 */
MUST_CHECK bool bind_unite(struct bind *all, const struct bind *more);

/* Sorts the parts, and drops what is a part of another. */
void bind_settle(struct bind *b);

/* "body:/amount" and the like: as it is written in a policy. */
struct buf;
void bind_part_text(const struct bind_part *part, struct buf *to);

#endif
