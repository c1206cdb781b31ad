/* Writes JSON text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/emit.h"

#include "lib/base/utf8.h"

/* Room for `len` bytes and the comma before them; the call only when memory must grow. */
static inline char *
room_after_comma(struct emit *e, size_t len)
{
	struct buf *b = e->out;
	size_t need = b->len + len + 1;
	char *to;

	if (LIKELY(!b->is_over && need < b->cap && need <= b->max))
		to = b->ptr + b->len;
	else
		to = buf_room(b, len + e->needs_comma);
	if (to && e->needs_comma) {
		*to++ = ',';
		b->len++;
	}
	return to;
}

static void
separate(struct emit *e)
{
	if (e->needs_comma)
		buf_addc(e->out, ',');
	e->needs_comma = true;
}

static void
open_with(struct emit *e, char bracket)
{
	separate(e);
	buf_addc(e->out, bracket);
	e->needs_comma = false;
}

static void
close_with(struct emit *e, char bracket)
{
	buf_addc(e->out, bracket);
	e->needs_comma = true;
}

void
emit_object(struct emit *e)
{
	open_with(e, '{');
}

void
emit_object_end(struct emit *e)
{
	close_with(e, '}');
}

void
emit_array(struct emit *e)
{
	open_with(e, '[');
}

void
emit_array_end(struct emit *e)
{
	close_with(e, ']');
}

static inline char *
put_key(char *to, const char *key, size_t len)
{
	*to++ = '"';
	memcpy(to, key, len);
	to += len;
	*to++ = '"';
	*to++ = ':';
	return to;
}

void
emit_key(struct emit *e, const char *key)
{
	size_t len = strlen(key);
	char *to = room_after_comma(e, len + 3);

	if (!to)
		return;
	put_key(to, key, len);
	e->out->len += len + 3;
	e->needs_comma = false;
}

static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Eight bytes at a time: is there one below 0x20, above 0x7e, a quote or a backslash? */
static inline bool
word_is_plain(uint64_t word)
{
	static const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
	uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\', del = word ^ ones * 0x7f;
	uint64_t found = word | (word - ones * 0x20) | (quote - ones) | (slash - ones) |
	                 (del - ones);

	return (found & highs) == 0;
}

static inline bool
is_all_plain(struct span s)
{
	uint64_t word;

	if (s.len < sizeof(word)) {
		for (size_t i = 0; i < s.len; i++) {
			if (!is_plain(s.ptr[i]))
				return false;
		}
		return true;
	}
	for (size_t at = 0; at + sizeof(word) <= s.len; at += sizeof(word)) {
		memcpy(&word, s.ptr + at, sizeof(word));
		if (!word_is_plain(word))
			return false;
	}
	/* The last eight overlap those before them. */
	memcpy(&word, s.ptr + s.len - sizeof(word), sizeof(word));
	return word_is_plain(word);
}

static void
add_unit(struct buf *out, unsigned unit)
{
	static const char digits[] = "0123456789abcdef";
	char text[6] = {'\\', 'u', digits[unit >> 12 & 15], digits[unit >> 8 & 15],
	                digits[unit >> 4 & 15], digits[unit & 15]};

	buf_add(out, span_of(text, sizeof(text)));
}

/* Escapes the character at the front of `s`; returns how many bytes it took. */
static size_t
add_escaped(struct buf *out, struct span s)
{
	uint32_t point;
	size_t taken;

	if (s.ptr[0] == '"' || s.ptr[0] == '\\') {
		buf_addc(out, '\\');
		buf_addc(out, s.ptr[0]);
		return 1;
	}
	if (s.ptr[0] == '\n') {
		buf_add(out, SPAN("\\n"));
		return 1;
	}
	taken = utf8_read(s, &point);
	if (taken == 0) {
		add_unit(out, 0xfffd);
		return 1;
	}
	if (point >= 0x10000) {
		add_unit(out, 0xd800 + ((point - 0x10000) >> 10));
		add_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
	} else {
		add_unit(out, point);
	}
	return taken;
}

static void
add_quoted(struct buf *out, struct span value)
{
	buf_addc(out, '"');
	while (value.len) {
		size_t plain = 0;

		while (plain < value.len && is_plain(value.ptr[plain]))
			plain++;
		buf_add(out, span_of(value.ptr, plain));
		value = span_from(value, plain);
		if (value.len)
			value = span_from(value, add_escaped(out, value));
	}
	buf_addc(out, '"');
}

void
emit_key_span(struct emit *e, struct span key)
{
	separate(e);
	add_quoted(e->out, key);
	buf_addc(e->out, ':');
	e->needs_comma = false;
}

static inline void
put_plain(char *to, struct span value)
{
	*to++ = '"';
	if (value.len)
		memcpy(to, value.ptr, value.len);
	to[value.len] = '"';
}

void
emit_string(struct emit *e, struct span value)
{
	char *to;

	if (UNLIKELY(!is_all_plain(value))) {
		separate(e);
		add_quoted(e->out, value);
		return;
	}
	to = room_after_comma(e, value.len + 2);
	if (!to)
		return;
	put_plain(to, value);
	e->out->len += value.len + 2;
	e->needs_comma = true;
}

void
emit_u64(struct emit *e, uint64_t value)
{
	separate(e);
	buf_add_u64(e->out, value);
}

void
emit_bool(struct emit *e, bool value)
{
	separate(e);
	buf_add(e->out, value ? SPAN("true") : SPAN("false"));
}

void
emit_null(struct emit *e)
{
	separate(e);
	buf_add(e->out, SPAN("null"));
}

void
emit_raw(struct emit *e, struct span json)
{
	separate(e);
	buf_add(e->out, json);
}

void
emit_member(struct emit *e, const char *key, struct span value)
{
	size_t len = strlen(key);
	char *to;

	if (UNLIKELY(!is_all_plain(value))) {
		emit_key(e, key);
		emit_string(e, value);
		return;
	}
	to = room_after_comma(e, len + value.len + 5);
	if (!to)
		return;
	put_plain(put_key(to, key, len), value);
	e->out->len += len + value.len + 5;
	e->needs_comma = true;
}

void
emit_member_cstr(struct emit *e, const char *key, const char *value)
{
	emit_member(e, key, span_cstr(value));
}

void
emit_member_u64(struct emit *e, const char *key, uint64_t value)
{
	emit_key(e, key);
	emit_u64(e, value);
}

void
emit_member_bool(struct emit *e, const char *key, bool value)
{
	emit_key(e, key);
	emit_bool(e, value);
}

void
emit_member_time(struct emit *e, const char *key, struct wall value)
{
	char text[WALL_TEXT];

	wall_text(value, text);
	emit_member(e, key, span_of(text, WALL_TEXT - 1));
}

void
emit_member_digest(struct emit *e, const char *key, const struct digest *value)
{
	static const char digits[] = "0123456789abcdef";
	char hex[DIGEST_HEX];

	for (size_t i = 0; i < DIGEST_LEN; i++) {
		hex[2 * i] = digits[value->bytes[i] >> 4];
		hex[2 * i + 1] = digits[value->bytes[i] & 15];
	}
	emit_member(e, key, span_of(hex, DIGEST_HEX));
}
