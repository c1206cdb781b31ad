/* Whether the end of a trail's file holds a record. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/lookup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"

enum { LOOKUP_BYTES = 64 << 20 };

/* The line around a place in the file. */
static struct span
line_around(struct span bytes, size_t at)
{
	size_t start = at;

	while (start && bytes.ptr[start - 1] != '\n')
		start--;
	return span_of(bytes.ptr + start, at - start + span_find(span_from(bytes, at), '\n'));
}

static bool
has_record(struct span bytes, struct span event, struct span text)
{
	const char *found;
	struct span rest = bytes;

	while (rest.len && (found = memmem(rest.ptr, rest.len, text.ptr, text.len))) {
		struct span line = line_around(bytes, (size_t)(found - bytes.ptr));

		if (memmem(line.ptr, line.len, event.ptr, event.len))
			return true;
		rest = span_from(bytes, (size_t)(line.ptr - bytes.ptr) + line.len);
	}
	return false;
}

/* Not mapped: a file that somebody cuts meanwhile would end the process. */
static size_t
read_end(int fd, char *to, off_t from, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t got = pread(fd, to + have, len - have, from + (off_t)have);

		if (got <= 0)
			break;
		have += (size_t)got;
	}
	return have;
}

bool
audit_lookup(const char *file, enum record_code code, struct span text)
{
	struct buf event = BUF_INIT(128), bytes = BUF_INIT(LOOKUP_BYTES);
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct stat st;
	off_t from;
	char *room;
	bool is_found = false;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		from = st.st_size > LOOKUP_BYTES ? st.st_size - LOOKUP_BYTES : 0;
		room = buf_room(&bytes, (size_t)(st.st_size - from));
		if (room)
			buf_grew(&bytes, read_end(fd, room, from, (size_t)(st.st_size - from)));
		buf_addf(&event, "\"event\":\"%s\"", record_event(code));
		is_found = has_record(buf_span(&bytes), buf_span(&event), text);
	}
	buf_clear(&event);
	buf_clear(&bytes);
	close(fd);
	return is_found;
}
