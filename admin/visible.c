/* Bytes that others chose, as a person is shown them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/visible.h"

#include <stdio.h>

#include "lib/base/utf8.h"

/* "[+99999]" */
enum { MARK_WIDTH = 8 };

static bool
is_plain(char c)
{
	return c >= 0x20 && c <= 0x7e;
}

static const char *
short_name(char c)
{
	switch (c) {
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

/* Names the character at the front; returns how many bytes it has. */
static size_t
name_first(struct span rest, struct visible *ret)
{
	const char *name = short_name(rest.ptr[0]);
	uint32_t point;
	size_t taken = utf8_read(rest, &point);

	if (name)
		snprintf(ret->name, sizeof(ret->name), "%s", name);
	else if (taken)
		snprintf(ret->name, sizeof(ret->name), "\\u{%x}", (unsigned)point);
	else
		snprintf(ret->name, sizeof(ret->name), "\\x{%02x}",
		         (unsigned)(unsigned char)rest.ptr[0]);
	ret->kind = rest.ptr[0] == '\n' ? VISIBLE_NEWLINE : VISIBLE_ESCAPE;
	ret->text = span_cstr(ret->name);
	return taken ? taken : 1;
}

bool
visible_next(struct span *rest, struct visible *ret)
{
	size_t plain = 0;

	if (rest->len == 0)
		return false;
	while (plain < rest->len && is_plain(rest->ptr[plain]))
		plain++;
	if (plain) {
		ret->kind = VISIBLE_PLAIN;
		ret->text = span_of(rest->ptr, plain);
		*rest = span_from(*rest, plain);
		return true;
	}
	*rest = span_from(*rest, name_first(*rest, ret));
	return true;
}

static void
add_doubling_backslashes(struct buf *to, struct span plain)
{
	for (size_t i = 0; i < plain.len; i++) {
		if (plain.ptr[i] == '\\')
			buf_addc(to, '\\');
		buf_addc(to, plain.ptr[i]);
	}
}

void
visible_add(struct buf *to, struct span bytes)
{
	struct visible piece;

	while (visible_next(&bytes, &piece)) {
		if (piece.kind == VISIBLE_PLAIN)
			add_doubling_backslashes(to, piece.text);
		else
			buf_add(to, piece.text);
	}
}

/* How much of a plain piece fits. */
static size_t
fit_plain(struct span plain, size_t width)
{
	size_t len = 0;

	while (len < plain.len) {
		size_t takes = plain.ptr[len] == '\\' ? 2 : 1;

		if (takes > width)
			break;
		width -= takes;
		len++;
	}
	return len;
}

static size_t
width_of(const struct visible *piece)
{
	size_t width = piece->text.len;

	if (piece->kind != VISIBLE_PLAIN)
		return width;
	for (size_t i = 0; i < piece->text.len; i++)
		width += piece->text.ptr[i] == '\\';
	return width;
}

size_t
visible_fit(struct span bytes, size_t width)
{
	struct span rest = bytes;
	struct visible piece;
	size_t fits = 0;

	while (visible_next(&rest, &piece)) {
		if (width_of(&piece) > width)
			return piece.kind == VISIBLE_PLAIN ? fits + fit_plain(piece.text, width)
			                                   : fits;
		width -= width_of(&piece);
		fits = bytes.len - rest.len;
	}
	return fits;
}

void
visible_add_short(struct buf *to, struct span bytes, size_t width)
{
	size_t fits = visible_fit(bytes, width);

	if (fits < bytes.len)
		fits = visible_fit(bytes, width - MARK_WIDTH);
	visible_add(to, span_of(bytes.ptr, fits));
	if (fits < bytes.len)
		buf_addf(to, "[+%zu]", bytes.len - fits);
}
