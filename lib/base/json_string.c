/* Strings of JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/json_string.h"

#include "lib/base/utf8.h"

enum { ESCAPE_LEN = 6, NOT_HEX = -1 }; /* "\uXXXX" */

/* Of "\uXXXX" at `at`, or NOT_HEX. */
static int
unit_at(const char *at, const char *end)
{
	int unit = 0;

	if (end - at < ESCAPE_LEN || at[0] != '\\' || at[1] != 'u')
		return NOT_HEX;
	for (int i = 2; i < ESCAPE_LEN; i++) {
		int digit = ascii_hex(at[i]);

		if (digit < 0)
			return NOT_HEX;
		unit = unit << 4 | digit;
	}
	return unit;
}

static bool
is_high(int unit)
{
	return unit >= 0xd800 && unit < 0xdc00;
}

static bool
is_low(int unit)
{
	return unit >= 0xdc00 && unit < 0xe000;
}

static enum json_flaw
skip_unit(const char **at, const char *end)
{
	int unit = unit_at(*at, end);

	if (unit == NOT_HEX)
		return JSON_FLAW_ESCAPE;
	if (unit == 0)
		return JSON_FLAW_NUL;
	if (is_low(unit))
		return JSON_FLAW_SURROGATE;
	if (is_high(unit)) {
		if (!is_low(unit_at(*at + ESCAPE_LEN, end)))
			return JSON_FLAW_SURROGATE;
		*at += ESCAPE_LEN;
	}
	*at += ESCAPE_LEN;
	return JSON_FLAW_NONE;
}

static enum json_flaw
skip_escape(const char **at, const char *end)
{
	if (end - *at < 2)
		return JSON_FLAW_SHORT;
	switch ((*at)[1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		*at += 2;
		return JSON_FLAW_NONE;
	case 'u':
		return skip_unit(at, end);
	default:
		return JSON_FLAW_ESCAPE;
	}
}

/* A run of characters of two bytes and more. */
static enum json_flaw
skip_utf8(const char **at, const char *end)
{
	uint32_t point;

	while (*at < end && (unsigned char)**at >= 0x80) {
		size_t len = utf8_read(span_of(*at, (size_t)(end - *at)), &point);

		if (len == 0)
			return JSON_FLAW_UTF8;
		*at += len;
	}
	return JSON_FLAW_NONE;
}

enum json_flaw
json_string_rest(const char **at, const char *end, struct json_string *ret)
{
	enum json_flaw flaw = JSON_FLAW_NONE;

	while (!flaw) {
		if (*at == end)
			return JSON_FLAW_SHORT;
		if (**at == '"') {
			ret->inside.len = (size_t)(*at - ret->inside.ptr);
			++*at;
			return JSON_FLAW_NONE;
		}
		if (**at == '\\') {
			ret->has_escape = true;
			flaw = skip_escape(at, end);
		} else if ((unsigned char)**at >= 0x80) {
			flaw = skip_utf8(at, end);
		} else {
			flaw = JSON_FLAW_CONTROL;
		}
		if (!flaw)
			*at = json_string_plain(*at, end);
	}
	return flaw;
}

static size_t
put_point(uint32_t point, char *to)
{
	if (point < 0x80) {
		to[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		to[0] = (char)(0xc0 | point >> 6);
		to[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		to[0] = (char)(0xe0 | point >> 12);
		to[1] = (char)(0x80 | (point >> 6 & 0x3f));
		to[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | point >> 18);
	to[1] = (char)(0x80 | (point >> 12 & 0x3f));
	to[2] = (char)(0x80 | (point >> 6 & 0x3f));
	to[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

static uint32_t
point_at(const char **at, const char *end)
{
	int unit = unit_at(*at, end), low;

	*at += ESCAPE_LEN;
	if (!is_high(unit))
		return (uint32_t)unit;
	low = unit_at(*at, end);
	*at += ESCAPE_LEN;
	return 0x10000 + ((uint32_t)(unit - 0xd800) << 10 | (uint32_t)(low - 0xdc00));
}

static char
plain_escape(char letter)
{
	switch (letter) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return letter;
	}
}

struct span
json_string_decode(struct span inside, struct arena *arena)
{
	const char *at = inside.ptr, *end = inside.ptr + inside.len;
	char *to;
	size_t len = 0;

	if (!span_contains(inside, '\\'))
		return inside;
	/* No escape is shorter than what it stands for. */
	to = arena_new(arena, inside.len);
	while (at < end) {
		if (*at != '\\') {
			to[len++] = *at++;
		} else if (at[1] == 'u') {
			len += put_point(point_at(&at, end), to + len);
		} else {
			to[len++] = plain_escape(at[1]);
			at += 2;
		}
	}
	return span_of(to, len);
}
