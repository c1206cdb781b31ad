/* A file, line by line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/line_reader.h"

#include <errno.h>
#include <unistd.h>

enum { STEP = 128 * 1024, LINE_MOST = 1024 * 1024 };

void
line_reader_init(struct line_reader *r, int fd, uint64_t from)
{
	*r = (struct line_reader){.fd = fd, .at = from, .block = BUF_INIT(LINE_MOST + STEP)};
}

void
line_reader_clear(struct line_reader *r)
{
	buf_clear(&r->block);
}

/* False when nothing came. */
static bool
read_more(struct line_reader *r)
{
	char *room;
	ssize_t len;

	buf_consume(&r->block, r->used);
	r->used = 0;
	room = buf_room(&r->block, STEP);
	if (!room)
		return false;
	do
		len = pread(r->fd, room, STEP, (off_t)(r->at + r->block.len));
	while (len < 0 && errno == EINTR);
	if (len > 0)
		buf_grew(&r->block, (size_t)len);
	return len > 0;
}

bool
line_reader_next(struct line_reader *r, struct read_line *ret)
{
	size_t searched = 0;

	for (;;) {
		struct span rest = span_from(buf_span(&r->block), r->used);
		const char *feed = searched < rest.len
			? memchr(rest.ptr + searched, '\n', rest.len - searched)
			: NULL;
		size_t len = feed ? (size_t)(feed - rest.ptr) : rest.len;

		searched = rest.len;
		if (!feed && rest.len < LINE_MOST && read_more(r))
			continue;
		if (!feed && rest.len == 0)
			return false;
		/* read_more() moved the bytes: look again at where they are now. */
		rest = span_from(buf_span(&r->block), r->used);
		*ret = (struct read_line){span_of(rest.ptr, len), r->at, feed != NULL};
		r->used += len + (feed != NULL);
		r->at += len + (feed != NULL);
		return true;
	}
}

uint64_t
each_line(int fd, uint64_t from, line_fn *fn, void *owner)
{
	struct line_reader r;
	struct read_line line;

	line_reader_init(&r, fd, from);
	while (line_reader_next(&r, &line) && line.is_whole) {
		from = line.at + line.text.len + 1;
		fn(owner, line.text);
	}
	line_reader_clear(&r);
	return from;
}
