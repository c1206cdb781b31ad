/* Borrowed bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/span.h"

bool
span_eq_nocase(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
			return false;
	}
	return true;
}

bool
span_starts(struct span s, struct span prefix)
{
	return s.len >= prefix.len && span_eq(span_of(s.ptr, prefix.len), prefix);
}

bool
span_ends(struct span s, struct span suffix)
{
	return s.len >= suffix.len && span_eq(span_from(s, s.len - suffix.len), suffix);
}

bool
span_contains(struct span s, char byte)
{
	return span_find(s, byte) < s.len;
}

int
span_cmp(struct span a, struct span b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;

	if (order)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

size_t
span_find(struct span s, char byte)
{
	const char *at = s.len ? memchr(s.ptr, byte, s.len) : NULL;

	return at ? (size_t)(at - s.ptr) : s.len;
}

bool
span_cut(struct span *rest, char separator, struct span *ret_part)
{
	size_t at;

	if (!rest->ptr)
		return false;
	at = span_find(*rest, separator);
	*ret_part = span_of(rest->ptr, at);
	*rest = at < rest->len ? span_from(*rest, at + 1) : SPAN_NONE;
	return true;
}

struct span
span_trim(struct span s)
{
	while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = span_from(s, 1);
	while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

bool
span_to_u64(struct span s, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (s.len == 0 || s.len > 20 || (s.ptr[0] == '0' && s.len > 1))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint64_t digit = (uint64_t)(s.ptr[i] - '0');

		if (!ascii_is_digit(s.ptr[i]) || value > (max - digit) / 10 || digit > max)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;
	return true;
}

/* Multiply and fold 128 bits, eight bytes a step; the shape is that of wyhash. */
static uint64_t
fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t
span_hash(struct span s, uint64_t seed)
{
	uint64_t hash = seed ^ 0x9e3779b97f4a7c15u ^ s.len, word;

	while (s.len >= sizeof(word)) {
		memcpy(&word, s.ptr, sizeof(word));
		hash = fold(hash ^ word, 0xd6e8feb86659fd93u);
		s = span_from(s, sizeof(word));
	}
	word = 0;
	if (s.len)
		memcpy(&word, s.ptr, s.len);
	return fold(hash ^ word, 0xa0761d6478bd642fu);
}

int
ascii_hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
