/* Values of a file people write, read by type; what does not fit is complained of. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NODE_VALUE_H
#define BASE_NODE_VALUE_H

#include "lib/base/complaint.h"

/* "a map", "a list", "true", "a number", "a string", "nothing": for messages. */
const char *node_describe(const struct node *n);

/* Inclusive; a `most` of 0 is the type's own. */
struct bounds {
	uint64_t least;
	uint64_t most;
};

/*
 * The only types there are.  Each returns false with one complaint when the node is
 * something else; `ret` is then untouched.  Only unquoted scalars are booleans, integers
 * and decimals; durations and sizes may be quoted, because JSON has to.
 */
MUST_CHECK bool node_bool(const struct node *n, struct complaints *why, bool *ret);
MUST_CHECK bool node_integer(const struct node *n, struct bounds bounds,
                             struct complaints *why, uint64_t *ret);
/* "500ms", "50s", "10m", "2h", "7d"; bounds and result in microseconds. */
MUST_CHECK bool node_duration(const struct node *n, struct bounds bounds,
                              struct complaints *why, int64_t *ret_us);
/* "100", "32k", "1m", "2g", of 1024; in bytes. */
MUST_CHECK bool node_size(const struct node *n, struct bounds bounds,
                          struct complaints *why, uint64_t *ret);
/* Not empty.  An unquoted number counts as its digits; true, false and null must be quoted. */
MUST_CHECK bool node_string(const struct node *n, struct complaints *why, struct span *ret);
/* "-?digits[.digits]" without superfluous zeros in front; the exact text. */
MUST_CHECK bool node_decimal(const struct node *n, struct complaints *why, struct span *ret);
MUST_CHECK bool node_is_kind(const struct node *n, enum node_kind kind,
                             struct complaints *why);

/* The texts alone, as above, for code that has no node. */
MUST_CHECK bool duration_read(struct span text, int64_t *ret_us);
MUST_CHECK bool size_read(struct span text, uint64_t *ret);

#endif
