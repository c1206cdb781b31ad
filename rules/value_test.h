/* What is asked of one value: of a parameter, a header, a place in a body. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_VALUE_TEST_H
#define RULES_VALUE_TEST_H

#include "lib/base/decimal.h"
#include "rules/regex.h"

enum value_kind {
	VALUE_ABSENT,
	VALUE_TEXT,     /* bytes that may be meant as a number or boolean */
	VALUE_STRING,   /* of JSON, and so are the next two */
	VALUE_NUMBER,
	VALUE_BOOLEAN,
	VALUE_OPAQUE,   /* it is there; nothing else can be told */
	VALUE_DOUBTFUL, /* it cannot even be told whether it is there */
};

/* Why something cannot be told. */
enum doubt {
	DOUBT_NONE,
	DOUBT_NAMELESS,   /* the caller has no name */
	DOUBT_PATH,       /* a variant of the path */
	DOUBT_UNIX,       /* no address */
	DOUBT_ZONE,       /* no local time */
	DOUBT_REPEATED,   /* stands twice */
	DOUBT_VARIANT,    /* only a variant of the name, or of a name on the way; or a ';' */
	DOUBT_OPAQUE,     /* a NUL, or an escape still */
	DOUBT_PLUS,       /* '+' as plus and as blank differ */
	DOUBT_TYPE,       /* not of the type that is asked for */
	DOUBT_ENGINE,     /* an expression was stopped */
	DOUBT_UNREAD,     /* the body is not read yet, or cannot be */
	DOUBT_OTHER_BODY, /* the body is a form and JSON is asked for, or the other way round */
};

/* "repeated" and the like, for explanations. */
const char *doubt_word(enum doubt doubt);

/* A value as a request has it; borrowed. */
struct value {
	enum value_kind kind;
	struct span text;  /* of a TEXT or STRING; of a NUMBER its digits */
	struct span other; /* of a TEXT with `has_other`: its second reading */
	bool has_other;
	bool boolean;
	enum doubt why;    /* of an OPAQUE or DOUBTFUL one */
};

enum value_op {
	TEST_STRING,  /* equal to `text` */
	TEST_NUMBER,  /* equal to `number` */
	TEST_BOOLEAN, /* equal to `boolean` */
	TEST_PREFIX,
	TEST_REGEX,
	TEST_GREATER,
	TEST_GREATER_OR_EQUAL,
	TEST_LESS,
	TEST_LESS_OR_EQUAL,
	TEST_EXISTS,  /* `boolean`: it is there; else that it is not */
	TEST_ALL,     /* all of `parts` */
	TEST_ANY,     /* any of them */
	TEST_NOT,     /* not its one part */
};

/* Belongs to the ruleset. */
struct value_test {
	enum value_op op;
	bool boolean;
	struct span text;      /* of numbers, as they were written */
	struct decimal number; /* borrows `text` */
	const struct regex *regex;
	const struct value_test *parts;
	size_t count;
};

/* `ret_doubt`, of TRUTH_CANNOT_TELL only: the first reason.  Allocates nothing. */
enum truth value_test_run(const struct value_test *test, const struct value *value,
                          enum doubt *ret_doubt);

#endif
