/* Characters that a path may not hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/unicode.h"

#include <stddef.h>

#include "lib/base/attr.h"

struct range {
	uint32_t first, last;
};

/* In ascending order. */
static const struct range refused[] = {
#define RANGE(first, last) {first, last},
#include "lib/http/unicode.def"
#undef RANGE
};

bool
unicode_is_refused(uint32_t point)
{
	size_t low = 0, high = ARRAY_LEN(refused);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (point > refused[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ARRAY_LEN(refused) && point >= refused[low].first;
}
