/* Ids that sort by the time they were made: 48 bits of milliseconds, 80 random bits. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_ULID_H
#define APPROVALS_ULID_H

#include "lib/base/clock.h"
#include "lib/base/span.h"

enum { ULID_LEN = 26 };

void ulid_make(struct wall now, char ret[ULID_LEN + 1]);
/* Exactly what ulid_make() writes: upper case, no look-alikes, no overflow. */
bool ulid_is_valid(struct span text);
/* Of the 32 characters that people do not confuse (Crockford's base 32). */
char ulid_digit(unsigned value);

#endif
