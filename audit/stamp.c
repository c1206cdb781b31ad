/* Ids and times of records. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/stamp.h"

#include "lib/base/digest.h"

enum { ID_MS = 10, ID_FIXED = 8, ID_COUNT = 8, DIGIT_BITS = 5 };

#define COUNT_MASK ((UINT64_C(1) << 40) - 1)

/* Crockford's base 32, from the last digit to the first. */
static void
put_base32(char *to, int digits, uint64_t value)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

	while (digits-- > 0) {
		to[digits] = alphabet[value & 31];
		value >>= DIGIT_BITS;
	}
}

void
stamp_init(struct stamp *s)
{
	uint64_t random[2];

	random_fill(random, sizeof(random));
	*s = (struct stamp){.ms = -1, .second = -1, .count = random[1] & COUNT_MASK};
	put_base32(s->id + ID_MS, ID_FIXED, random[0]);
}

static void
put_micros(char *to, unsigned value)
{
	for (int i = 5; i >= 0; i--) {
		to[i] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
stamp_next(struct stamp *s, struct wall now)
{
	int64_t ms = now.us / MS_US, second = now.us / SECOND_US;

	if (ms != s->ms) {
		s->ms = ms;
		put_base32(s->id, ID_MS, (uint64_t)ms & ((UINT64_C(1) << 48) - 1));
	}
	s->count = (s->count + 1) & COUNT_MASK;
	put_base32(s->id + ID_MS + ID_FIXED, ID_COUNT, s->count);
	if (second != s->second) {
		s->second = second;
		wall_text(now, s->time);
	} else {
		put_micros(s->time + 20, (unsigned)(now.us - second * SECOND_US));
	}
}
