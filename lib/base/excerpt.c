/* Parts of a file as people may see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/excerpt.h"

#include "lib/base/buf.h"
#include "lib/base/utf8.h"

enum { EXCERPT_MAX = 100 /* code points of a line that are shown */ };

struct span
text_visible(struct span text, struct arena *arena)
{
	struct buf out = BUF_INIT((size_t)TEXT_VISIBLE_MAX * 4);
	struct span copy;

	while (text.len && out.len < TEXT_VISIBLE_MAX) {
		uint32_t point;
		size_t len = utf8_read(text, &point);

		if (len == 0 || point_is_hidden(point))
			buf_addc(&out, len == 1 && point == '\t' ? ' ' : '?');
		else
			buf_add(&out, span_of(text.ptr, len));
		text = span_from(text, len ? len : 1);
	}
	if (text.len)
		buf_add(&out, SPAN("…"));
	copy = arena_copy(arena, buf_span(&out));
	buf_clear(&out);
	return copy;
}

size_t
text_skip_points(struct span text, size_t count)
{
	size_t at = 0;

	while (count-- > 0 && at < text.len) {
		uint32_t point;
		size_t len = utf8_read(span_from(text, at), &point);

		at += len ? len : 1;
	}
	return at;
}

struct excerpt
excerpt_of(const struct manuscript *manuscript, struct mark mark, struct arena *arena)
{
	struct span line = manuscript_line(manuscript, mark.line);
	size_t before = mark.column - 1;

	if (before > EXCERPT_MAX / 2 && text_skip_points(line, EXCERPT_MAX) < line.len) {
		line = span_from(line, text_skip_points(line, before - EXCERPT_MAX / 2));
		before = EXCERPT_MAX / 2;
	}
	line.len = text_skip_points(line, EXCERPT_MAX);
	return (struct excerpt){text_visible(line, arena), before};
}
