/* Names of parameters, as different as servers read them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/parameter_name.h"

#include "lib/http/bytes.h"

struct span
parameter_decode(struct span s, char plus, char *to)
{
	size_t len = 0;

	for (size_t at = 0; at < s.len; at++) {
		int escape = bytes_escape(s, at);

		if (escape >= 0) {
			to[len++] = (char)escape;
			at += 2;
		} else {
			to[len++] = (char)(s.ptr[at] == '+' ? plus : s.ptr[at]);
		}
	}
	return span_of(to, len);
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '+';
}

static struct span
trim(struct span s)
{
	while (s.len && is_blank(s.ptr[0]))
		s = span_from(s, 1);
	while (s.len && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct span
parameter_name_loose(struct span name, char *room)
{
	if (room)
		name = parameter_decode(name, '+', room);
	return trim(span_of(name.ptr, span_find(name, '\0')));
}

struct span
parameter_name_base(struct span name)
{
	name = trim(name);
	while (name.len > 2 && span_ends(name, SPAN("[]")))
		name = trim(span_of(name.ptr, name.len - 2));
	return name;
}

static char
fold(char byte, char also)
{
	return (char)(is_blank(byte) || byte == '.' || byte == also ? '_' : ascii_lower(byte));
}

bool
parameter_name_is_alike(struct span a, struct span b, char also)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (fold(a.ptr[i], also) != fold(b.ptr[i], also))
			return false;
	}
	return true;
}

/* Servers differ in which '[' of "id[a[b]]" and "id[a]]" ends the name. */
bool
parameter_name_is_variant(struct span loose, struct span base)
{
	if (parameter_name_is_alike(loose, base, '_'))
		return true;
	if (loose.len == 0 || loose.ptr[loose.len - 1] != ']')
		return false;
	for (size_t at = span_find(loose, '['); at < loose.len;
	     at += 1 + span_find(span_from(loose, at + 1), '[')) {
		if (parameter_name_is_alike(trim(span_of(loose.ptr, at)), base, '_'))
			return true;
	}
	return false;
}
