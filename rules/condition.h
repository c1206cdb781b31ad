/* Conditions of a match: one thing that is looked at, and what is asked of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_CONDITION_H
#define RULES_CONDITION_H

#include "lib/base/zone.h"
#include "rules/value_test.h"
#include "rules/verdict.h"

/* In the order in which they are looked at. */
enum condition_kind {
	CONDITION_HOST,  /* "a.example" or "*.example" */
	CONDITION_USER,
	CONDITION_GROUP,
	CONDITION_SOURCE,
	CONDITION_TIME,
	CONDITION_QUERY, /* from here on: one name, and a test of its value */
	CONDITION_HEADER,
	CONDITION_BODY,  /* from here on: the body is needed */
	CONDITION_FORM,
};

/* Minutes of a day; `from` past `to` runs over midnight. */
struct hours {
	int from, to;
};

struct schedule {
	unsigned days;             /* a bit per weekday, from Monday */
	const struct hours *hours; /* any of them */
	size_t count;
	const struct zone *zone;
	struct span zone_name;
};

/* What it points to belongs to the ruleset. */
struct condition {
	enum condition_kind kind;
	size_t count;                    /* HOST, USER, GROUP, SOURCE: any of so many */
	const struct span *values;       /* HOST, USER, GROUP */
	const struct network *networks;  /* SOURCE */
	const struct schedule *schedule; /* TIME */
	struct span name;                /* QUERY to FORM; of a BODY the pointer */
	size_t pointer;                  /* BODY: its place among the facts */
	const struct value_test *test;   /* QUERY to FORM */
};

struct answer {
	enum truth truth;
	enum doubt doubt; /* why it cannot be told */
	enum fault fault; /* what it looks at has two readings; then it cannot be told */
};

struct answer condition_test(const struct condition *c, const struct subject *subject);

/* Of QUERY to FORM: what the request has there.  Borrows the request, the facts of the body,
 * or the arena. */
enum fault condition_look(const struct condition *c, const struct subject *subject,
                          struct arena *arena, struct value *ret);

/* Room on the stack for values that have to be decoded; longer ones take memory. */
enum { CONDITION_ROOM = 512 };

#endif
