/* Classes of bytes: which byte may stand where in HTTP, in one table. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_BYTES_H
#define HTTP_BYTES_H

#include <stdint.h>

#include "lib/base/span.h"

enum byte_class {
	BYTE_NAME = 1 << 0,       /* of a field name as we take it: letters, digits, '-' */
	BYTE_TOKEN = 1 << 1,      /* RFC 9110 section 5.6.2 */
	BYTE_PATH = 1 << 2,       /* raw in a path segment; neither '/' nor ';' nor '%' */
	BYTE_QUERY = 1 << 3,      /* raw in a query; not '%' */
	BYTE_HOST = 1 << 4,       /* of a host name */
	BYTE_UNRESERVED = 1 << 5, /* RFC 3986 section 2.3 */
	BYTE_OVERRIDE = 1 << 6,   /* what a parameter that overrides the method begins with */
};

extern const uint8_t byte_classes[256];

static inline bool
byte_is(char byte, enum byte_class class)
{
	return byte_classes[(unsigned char)byte] & class;
}

/* How many bytes at the front are of the class. */
static inline size_t
bytes_of_class(struct span s, enum byte_class class)
{
	size_t at = 0;

	while (at < s.len && byte_is(s.ptr[at], class))
		at++;
	return at;
}

/* The byte that the escape "%XX" at `at` stands for, or -1. */
static inline int
bytes_escape(struct span s, size_t at)
{
	int high, low;

	if (at + 2 >= s.len || s.ptr[at] != '%')
		return -1;
	high = ascii_hex(s.ptr[at + 1]);
	low = ascii_hex(s.ptr[at + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Index of the first ':' among the first 24 bytes; else s.len.  Longer names are rare. */
size_t bytes_before_colon(struct span s);

/* How many bytes at the front lie between `least` (above 0) and '~'. */
size_t bytes_printable(struct span s, char least);

#endif
