/* Finds the word somebody may have meant. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "lib/base/span.h"

/* The candidate with the fewest edits from `word`; `best` is NULL when none is near. */
struct nearest {
	struct span word;
	const char *best;
	size_t distance;
};
struct nearest nearest_to(struct span word);
void nearest_try(struct nearest *n, const char *candidate);

#endif
