/* Classes of bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/bytes.h"

#include <endian.h>

#define EVERYWHERE \
	(BYTE_NAME | BYTE_TOKEN | BYTE_PATH | BYTE_QUERY | BYTE_HOST | BYTE_UNRESERVED)

const uint8_t byte_classes[256] = {
	[' '] = BYTE_OVERRIDE,
	['0' ... '9'] = EVERYWHERE,
	['A' ... 'G'] = EVERYWHERE,
	['H'] = EVERYWHERE | BYTE_OVERRIDE,
	['I' ... 'W'] = EVERYWHERE,
	['X'] = EVERYWHERE | BYTE_OVERRIDE,
	['Y' ... 'Z'] = EVERYWHERE,
	['a' ... 'g'] = EVERYWHERE,
	['h'] = EVERYWHERE | BYTE_OVERRIDE,
	['i' ... 'w'] = EVERYWHERE,
	['x'] = EVERYWHERE | BYTE_OVERRIDE,
	['y' ... 'z'] = EVERYWHERE,
	['-'] = EVERYWHERE | BYTE_OVERRIDE,
	['.'] = (EVERYWHERE & ~BYTE_NAME) | BYTE_OVERRIDE,
	['_'] = (EVERYWHERE & ~BYTE_NAME) | BYTE_OVERRIDE,
	['~'] = BYTE_TOKEN | BYTE_PATH | BYTE_QUERY | BYTE_UNRESERVED,
	['!'] = BYTE_TOKEN | BYTE_PATH | BYTE_QUERY,
	['$'] = BYTE_TOKEN | BYTE_PATH | BYTE_QUERY | BYTE_OVERRIDE,
	['&'] = BYTE_TOKEN | BYTE_PATH | BYTE_QUERY,
	['\''] = BYTE_TOKEN | BYTE_PATH | BYTE_QUERY,
	['*'] = BYTE_TOKEN | BYTE_PATH | BYTE_QUERY,
	['+'] = BYTE_TOKEN | BYTE_PATH | BYTE_QUERY | BYTE_OVERRIDE,
	['('] = BYTE_PATH | BYTE_QUERY,
	[')'] = BYTE_PATH | BYTE_QUERY,
	[','] = BYTE_PATH | BYTE_QUERY,
	[':'] = BYTE_PATH | BYTE_QUERY,
	['='] = BYTE_PATH | BYTE_QUERY,
	['@'] = BYTE_PATH | BYTE_QUERY,
	['/'] = BYTE_QUERY,
	[';'] = BYTE_QUERY,
	['?'] = BYTE_QUERY,
	['['] = BYTE_QUERY,
	[']'] = BYTE_QUERY,
	['{'] = BYTE_QUERY,
	['}'] = BYTE_QUERY,
	['^'] = BYTE_TOKEN | BYTE_QUERY,
	['`'] = BYTE_TOKEN | BYTE_QUERY,
	['|'] = BYTE_TOKEN | BYTE_QUERY,
	['#'] = BYTE_TOKEN,
	['%'] = BYTE_TOKEN | BYTE_OVERRIDE,
};

#define IN_EVERY_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/*
 * The high bit of each byte below `least` or above '~'.  A borrow or carry only runs into
 * the bytes that follow, so the first marked byte is always right.
 */
static uint64_t
mark_unprintable(uint64_t word, char least)
{
	uint64_t low = (word - IN_EVERY_BYTE((unsigned char)least)) & ~word;
	uint64_t high = (word + IN_EVERY_BYTE(1)) | word;

	return (low | high) & IN_EVERY_BYTE(0x80);
}

static uint64_t
load_word(const char *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof(word));
	return le64toh(word);
}

static size_t
first_marked(uint64_t marks)
{
	return (size_t)__builtin_ctzll(marks) / 8;
}

size_t
bytes_printable(struct span s, char least)
{
	size_t at = 0;

	for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t marks = mark_unprintable(load_word(s.ptr + at), least);

		if (marks)
			return at + first_marked(marks);
	}
	while (at < s.len && s.ptr[at] >= least && s.ptr[at] <= '~')
		at++;
	return at;
}

size_t
bytes_before_colon(struct span s)
{
	for (size_t at = 0; at < 24 && s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t word = load_word(s.ptr + at) ^ IN_EVERY_BYTE(':');
		uint64_t marks = (word - IN_EVERY_BYTE(1)) & ~word & IN_EVERY_BYTE(0x80);

		if (marks)
			return at + first_marked(marks);
	}
	return s.len;
}
