/* Three-valued logic: what cannot be told is never taken for a no. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_TRUTH_H
#define RULES_TRUTH_H

/* In this order, "and" is the smaller of two and "or" the greater (Kleene). */
enum truth { TRUTH_FALSE, TRUTH_CANNOT_TELL, TRUTH_TRUE };

static inline enum truth
truth_and(enum truth a, enum truth b)
{
	return a < b ? a : b;
}

static inline enum truth
truth_or(enum truth a, enum truth b)
{
	return a > b ? a : b;
}

static inline enum truth
truth_not(enum truth a)
{
	return (enum truth)(TRUTH_TRUE - a);
}

#endif
