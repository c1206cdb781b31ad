/* The bytes of a file people write, by lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/manuscript.h"

#include <stdlib.h>

#include "lib/base/memory.h"

struct manuscript {
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
find_lines(struct manuscript *manuscript)
{
	struct span bytes = buf_span(&manuscript->bytes);
	size_t room = 64;

	manuscript->lines = memory_new_array(room, sizeof(*manuscript->lines));
	for (size_t at = 0; at < bytes.len;) {
		size_t skip = break_len(span_from(bytes, at));

		at += skip ? skip : 1;
		if (!skip && at < bytes.len)
			continue;
		if (manuscript->line_count + 2 > room) {
			room *= 2;
			manuscript->lines = memory_resize(manuscript->lines,
			                                  room * sizeof(*manuscript->lines));
		}
		manuscript->lines[++manuscript->line_count] = at;
	}
}

struct manuscript *
manuscript_new(const char *name, struct buf *bytes)
{
	struct manuscript *manuscript = memory_new(sizeof(*manuscript));

	if (span_starts(buf_span(bytes), SPAN("\xef\xbb\xbf")))
		buf_consume(bytes, 3);
	manuscript->name = memory_cstr(span_cstr(name));
	manuscript->bytes = *bytes;
	find_lines(manuscript);
	return manuscript;
}

void
manuscript_free(struct manuscript *manuscript)
{
	if (!manuscript)
		return;
	buf_clear(&manuscript->bytes);
	free(manuscript->lines);
	free(manuscript->name);
	free(manuscript);
}

const char *
manuscript_name(const struct manuscript *manuscript)
{
	return manuscript->name;
}

struct span
manuscript_bytes(const struct manuscript *manuscript)
{
	return buf_span(&manuscript->bytes);
}

uint32_t
manuscript_line_count(const struct manuscript *manuscript)
{
	return (uint32_t)manuscript->line_count;
}

struct span
manuscript_line(const struct manuscript *manuscript, uint32_t line)
{
	struct span text;

	if (line == 0 || line > manuscript->line_count)
		return SPAN_NONE;
	text = span_of(manuscript->bytes.ptr + manuscript->lines[line - 1],
	               manuscript->lines[line] - manuscript->lines[line - 1]);
	while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
		text.len--;
	return text;
}
