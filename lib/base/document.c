/* One file people write, and the tree made of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/memory.h"
#include "lib/base/tree.h"
#include "lib/base/utf8.h"

struct document {
	struct arena arena; /* nodes and their texts */
	struct manuscript *manuscript;
	const struct node *root;
	struct document *parts; /* adopted; linked by `next` */
	struct document *next;
};

const struct node *
document_root(const struct document *doc)
{
	return doc->root;
}

const char *
document_name(const struct document *doc)
{
	return manuscript_name(doc->manuscript);
}

/* libyaml would take some of these and count others as line breaks: what an editor shows
 * and what is read would differ. */
static bool
check_characters(const struct manuscript *manuscript, struct complaints *why)
{
	for (uint32_t line = 1; line <= manuscript_line_count(manuscript); line++) {
		struct span rest = manuscript_line(manuscript, line);
		struct mark mark = {line, 1};

		while (rest.len) {
			uint32_t point = 0;
			size_t len = utf8_read(rest, &point);

			if (len == 0) {
				complain_mark(why, manuscript, mark, "byte 0x%02x is not UTF-8",
				              (unsigned char)rest.ptr[0]);
				return false;
			}
			if (point_is_hidden(point) && point != '\t') {
				complain_mark(why, manuscript, mark, "invisible character U+%04X",
				              point);
				return false;
			}
			rest = span_from(rest, len);
			mark.column++;
		}
	}
	return true;
}

/* Takes the bytes over. */
static struct document *
document_new(const char *name, struct buf *bytes, struct complaints *why)
{
	struct document *doc = memory_new(sizeof(*doc));

	doc->manuscript = manuscript_new(name, bytes);
	if (check_characters(doc->manuscript, why))
		doc->root = tree_build(doc->manuscript, &doc->arena, why);
	if (doc->root)
		return doc;
	document_free(doc);
	return NULL;
}

struct document *
document_read(const char *name, struct span text, struct complaints *why)
{
	struct buf bytes = BUF_INIT(DOCUMENT_MAX);

	buf_add(&bytes, text);
	if (bytes.is_over) {
		complain_file(why, name, "is larger than %d bytes", DOCUMENT_MAX);
		return NULL;
	}
	return document_new(name, &bytes, why);
}

/* All there is, at most a byte more than a document may have. */
static bool
read_all(int fd, struct buf *to)
{
	enum { STEP = 65536 };

	while (to->len <= DOCUMENT_MAX) {
		char *room = buf_room(to, STEP);
		ssize_t got = room ? read(fd, room, STEP) : -1;

		if (got < 0 && room && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		buf_grew(to, (size_t)got);
	}
	return true;
}

struct document *
document_load(const char *path, struct complaints *why)
{
	struct buf bytes = BUF_INIT((size_t)DOCUMENT_MAX * 2);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is_read = fd >= 0 && read_all(fd, &bytes);
	int error = errno;

	if (fd >= 0)
		close(fd);
	if (is_read && bytes.len <= DOCUMENT_MAX)
		return document_new(path, &bytes, why);
	if (is_read)
		complain_file(why, path, "is larger than %d bytes", DOCUMENT_MAX);
	else
		complain_file(why, path, "cannot be read: %s", strerror(error));
	buf_clear(&bytes);
	return NULL;
}

void
document_adopt(struct document *doc, struct document *part)
{
	part->next = doc->parts;
	doc->parts = part;
}

void
document_free(struct document *doc)
{
	if (!doc)
		return;
	while (doc->parts) {
		struct document *part = doc->parts;

		doc->parts = part->next;
		document_free(part);
	}
	arena_clear(&doc->arena);
	manuscript_free(doc->manuscript);
	free(doc);
}
