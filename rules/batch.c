/* The first few of many rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/batch.h"

#include <string.h>

void
batch_add(struct batch *b, uint32_t rule)
{
	size_t at = b->count;

	if (rule < b->past)
		return;
	while (at && b->at[at - 1] > rule)
		at--;
	if (at && b->at[at - 1] == rule)
		return;
	if (at == BATCH_MAX)
		return;
	if (b->count < BATCH_MAX)
		b->count++;
	memmove(&b->at[at + 1], &b->at[at], (b->count - at - 1) * sizeof(b->at[0]));
	b->at[at] = rule;
}
