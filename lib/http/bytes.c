/* Classes of bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/bytes.h"

#include "lib/base/word.h"

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

/* The high bit of each byte below `least` or above '~'; the first marked one is right. */
static uint64_t
mark_unprintable(uint64_t word, char least)
{
	uint64_t low = word_mark_below(word, (unsigned char)least);
	uint64_t high = (word + IN_EVERY_BYTE(1)) | word;

	return word_marks(low | high);
}

size_t
bytes_printable(struct span s, char least)
{
	size_t at = 0;

	for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t marks = mark_unprintable(word_load(s.ptr + at), least);

		if (marks)
			return at + word_first(marks);
	}
	while (at < s.len && s.ptr[at] >= least && s.ptr[at] <= '~')
		at++;
	return at;
}

size_t
bytes_before_colon(struct span s)
{
	for (size_t at = 0; at < 24 && s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t marks = word_marks(word_mark_equal(word_load(s.ptr + at), ':'));

		if (marks)
			return at + word_first(marks);
	}
	return s.len;
}
