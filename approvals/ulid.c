/* Ids that sort by the time they were made. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/ulid.h"

#include "lib/base/digest.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { TIME_DIGITS = 10, RANDOM_DIGITS = 16 };

char
ulid_digit(unsigned value)
{
	return digits[value & 31];
}

void
ulid_make(struct wall now, char ret[ULID_LEN + 1])
{
	uint64_t ms = now.us > 0 ? (uint64_t)(now.us / MS_US) : 0;
	unsigned char noise[RANDOM_DIGITS];

	for (int i = TIME_DIGITS - 1; i >= 0; i--) {
		ret[i] = ulid_digit((unsigned)(ms & 31));
		ms >>= 5;
	}
	random_fill(noise, sizeof(noise));
	for (int i = 0; i < RANDOM_DIGITS; i++)
		ret[TIME_DIGITS + i] = ulid_digit(noise[i]);
	ret[ULID_LEN] = '\0';
}

bool
ulid_is_valid(struct span text)
{
	if (text.len != ULID_LEN || text.ptr[0] > '7')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\0' || !strchr(digits, text.ptr[i]))
			return false;
	}
	return true;
}
