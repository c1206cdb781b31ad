/* The first few of many rules, in the order of the file, whatever order they come in. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_BATCH_H
#define RULES_BATCH_H

#include <stddef.h>
#include <stdint.h>

enum { BATCH_MAX = 16 };

/* When it is full, the next batch begins past its last rule, and all rules are to be offered
 * again. */
struct batch {
	uint32_t past;          /* rules below this were in an earlier batch */
	size_t count;
	uint32_t at[BATCH_MAX]; /* ascending */
};

/* Keeps the first ones when there are too many. */
void batch_add(struct batch *b, uint32_t rule);

#endif
