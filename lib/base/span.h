/* Borrowed bytes: a pointer and a length, never a terminator.  All wire data is spans. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/attr.h"

struct span {
	const char *ptr;
	size_t len;
};

#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})
#define SPAN_NONE ((struct span){NULL, 0})
/* For "%.*s" in messages to people. */
#define SPAN_ARG(s) (int)(s).len, (s).ptr

static inline struct span
span_of(const void *ptr, size_t len)
{
	return (struct span){ptr, len};
}

/* The bytes of a C string; NULL gives the empty span. */
static inline struct span
span_cstr(const char *text)
{
	return (struct span){text, text ? strlen(text) : 0};
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Bytes from `from` on; `from` may not pass the end. */
static inline struct span
span_from(struct span s, size_t from)
{
	/* NULL plus nothing is undefined in C17. */
	return (struct span){from ? s.ptr + from : s.ptr, s.len - from};
}

/* ASCII case is ignored, no locale. */
bool span_eq_nocase(struct span a, struct span b);
bool span_starts(struct span s, struct span prefix);
bool span_ends(struct span s, struct span suffix);
bool span_contains(struct span s, char byte);

/* Order of bytes, shorter first among equals: <0, 0, >0. */
int span_cmp(struct span a, struct span b);

/* Index of the first `byte`, or s.len. */
size_t span_find(struct span s, char byte);

/* Takes the part before the next `separator` off `rest`; false when `rest` is used up.
 * "a,,b" gives "a", "", "b"; the empty span gives nothing. */
MUST_CHECK bool span_cut(struct span *rest, char separator, struct span *ret_part);

/* Without SP and HTAB at both ends (RFC 9110 section 5.6.3, OWS). */
struct span span_trim(struct span s);

/* Strict decimal: "0" or a digit 1-9 followed by digits, at most `max`. */
MUST_CHECK bool span_to_u64(struct span s, uint64_t max, uint64_t *ret);

/* Fast 64-bit hash for tables and for noticing change; not for secrets or signatures. */
uint64_t span_hash(struct span s, uint64_t seed);

static inline char
ascii_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static inline char
ascii_upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c & ~0x20 : c);
}

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Value of a hexadecimal digit, or -1. */
int ascii_hex(char c);

#endif
