/* Eight bytes at a step: which of them is the first of a kind. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_WORD_H
#define BASE_WORD_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/span.h"

#define IN_EVERY_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t
word_load(const char *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof(word));
	return le64toh(word);
}

/*
 * These set the high bit of each byte below `least` (1 to 128), or equal to `byte`, and
 * leave the other bits undefined.  A borrow only runs into the bytes that follow, so the
 * first marked byte is always right, in several marks put together too.
 */
static inline uint64_t
word_mark_below(uint64_t word, unsigned char least)
{
	return (word - IN_EVERY_BYTE(least)) & ~word;
}

static inline uint64_t
word_mark_equal(uint64_t word, unsigned char byte)
{
	return word_mark_below(word ^ IN_EVERY_BYTE(byte), 1);
}

/* The high bits alone. */
static inline uint64_t
word_marks(uint64_t marked)
{
	return marked & IN_EVERY_BYTE(0x80);
}

/* Index of the first; there must be one. */
static inline size_t
word_first(uint64_t marks)
{
	return (size_t)__builtin_ctzll(marks) / 8;
}

#endif
