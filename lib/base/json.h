/* What JSON is made of, what stands at a place in it, and what may be wrong with it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "lib/base/span.h"

enum json_kind {
	JSON_NULL_VALUE,
	JSON_FALSE_VALUE,
	JSON_TRUE_VALUE,
	JSON_NUMBER_VALUE,
	JSON_STRING_VALUE,
	JSON_ARRAY_VALUE,
	JSON_OBJECT_VALUE,
};

enum json_found {
	JSON_ABSENT,   /* every step but the last was there, and then no such member or element */
	JSON_FOUND,
	JSON_DOUBTFUL, /* a name on the way only differs in case, or a value on the way is no
	                * object, nor an array where the next part is an index */
	JSON_CONFLICT, /* names of one object differ only in case: readers choose differently */
};

/* What stands at a pointer.  All but `found` is set for JSON_FOUND alone. */
struct json_fact {
	enum json_found found;
	enum json_kind kind;
	struct span raw;  /* in the document: a string with its quotes, a container whole */
	struct span text; /* of a string, unescaped; in the document if it could be, or in the arena */
};

enum json_flaw {
	JSON_FLAW_NONE,
	JSON_FLAW_EMPTY,         /* nothing but blanks */
	JSON_FLAW_SYNTAX,
	JSON_FLAW_SHORT,         /* it ends within a value */
	JSON_FLAW_MORE,          /* something stands behind the value */
	JSON_FLAW_BOM,
	JSON_FLAW_UTF8,
	JSON_FLAW_CONTROL,       /* a raw control character in a string */
	JSON_FLAW_ESCAPE,
	JSON_FLAW_SURROGATE,     /* half a pair */
	JSON_FLAW_NUL,           /* U+0000, where some reader's string ends */
	JSON_FLAW_NUMBER,        /* more digits, or a larger exponent, than decimal.h takes */
	JSON_FLAW_DUPLICATE,     /* an object names a member twice, however it is escaped */
	JSON_FLAW_DEPTH,
	JSON_FLAW_NODES,
	JSON_FLAW_COUNT,
};

#endif
