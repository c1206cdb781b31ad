/* Numbers of JSON as exact decimals: 1000, 1e3 and 1000.0 are one number, 0.1 is 0.1. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "lib/base/span.h"

/* Beyond these, readers of JSON begin to disagree about what number was meant. */
enum { DECIMAL_DIGITS_MAX = 64, DECIMAL_EXPONENT_MAX = 308 };

/* Borrows the text it was read from. */
struct decimal {
	struct span digits; /* from the first to the last digit that is not 0; may hold a '.' */
	int magnitude;      /* of the first of them: its power of ten plus 1 */
	bool is_negative;   /* zero is not */
};

/* False when it is no number of RFC 8259, or beyond the limits: 64 digits before the 'e',
 * an exponent of 308 either way. */
MUST_CHECK bool decimal_read(struct span text, struct decimal *ret);

/* <0, 0, >0. */
int decimal_cmp(const struct decimal *a, const struct decimal *b);

/* The number at the front of `text`, grammar and limits; 0 when there is none.  What may
 * follow it is the caller's question; `ret_is_beyond`: a number, but beyond the limits. */
size_t decimal_length(struct span text, bool *ret_is_beyond);

#endif
