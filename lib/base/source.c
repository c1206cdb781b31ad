/* The bytes of a file people write, by lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/source.h"

#include <stdlib.h>

#include "lib/base/memory.h"

struct source {
	char *name;
	struct buf bytes; /* without byte order mark */
	size_t *lines;    /* where each starts, and one past the last */
	size_t line_count;
};

/* Length of the line break at the front: LF, CR LF or CR, as libyaml counts lines. */
static size_t
break_len(struct span s)
{
	if (s.ptr[0] == '\n')
		return 1;
	if (s.ptr[0] != '\r')
		return 0;
	return s.len > 1 && s.ptr[1] == '\n' ? 2 : 1;
}

static void
find_lines(struct source *source)
{
	struct span bytes = buf_span(&source->bytes);
	size_t room = 64;

	source->lines = memory_new_array(room, sizeof(*source->lines));
	for (size_t at = 0; at < bytes.len;) {
		size_t skip = break_len(span_from(bytes, at));

		at += skip ? skip : 1;
		if (!skip && at < bytes.len)
			continue;
		if (source->line_count + 2 > room) {
			room *= 2;
			source->lines = memory_resize(source->lines, room * sizeof(*source->lines));
		}
		source->lines[++source->line_count] = at;
	}
}

struct source *
source_new(const char *name, struct buf *bytes)
{
	struct source *source = memory_new(sizeof(*source));

	if (span_starts(buf_span(bytes), SPAN("\xef\xbb\xbf")))
		buf_consume(bytes, 3);
	source->name = memory_cstr(span_cstr(name));
	source->bytes = *bytes;
	find_lines(source);
	return source;
}

void
source_free(struct source *source)
{
	if (!source)
		return;
	buf_clear(&source->bytes);
	free(source->lines);
	free(source->name);
	free(source);
}

const char *
source_name(const struct source *source)
{
	return source->name;
}

struct span
source_bytes(const struct source *source)
{
	return buf_span(&source->bytes);
}

uint32_t
source_line_count(const struct source *source)
{
	return (uint32_t)source->line_count;
}

struct span
source_line(const struct source *source, uint32_t line)
{
	struct span text;

	if (line == 0 || line > source->line_count)
		return SPAN_NONE;
	text = span_of(source->bytes.ptr + source->lines[line - 1],
	               source->lines[line] - source->lines[line - 1]);
	while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
		text.len--;
	return text;
}
