/* The file under the spent log. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/spent_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/digest.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

/* A line ends with a space and 16 hex digits of its SHA-256: one torn by a crash is told
 * from one that was written. */
enum { CHECK_LEN = 16, LINE_LONGEST = 512, READ_STEP = 64 * 1024 };

struct spent_file {
	char *path;
	int fd;
	off_t at;        /* read so far, whole lines only */
	bool is_broken;  /* a write failed: what is on disk is not known any more */
	spent_line_fn *line;
	spent_anew_fn *anew;
	void *owner;
};

static void
check_of(struct span line, char ret[DIGEST_HEX + 1])
{
	struct digest d = digest_of(line);

	digest_hex(&d, ret);
	ret[CHECK_LEN] = '\0';
}

void
spent_file_format(struct buf *to, struct span line)
{
	char check[DIGEST_HEX + 1];

	check_of(line, check);
	buf_add(to, line);
	buf_addc(to, ' ');
	buf_add(to, span_cstr(check));
	buf_addc(to, '\n');
}

static void
take_line(struct spent_file *file, struct span line)
{
	char check[DIGEST_HEX + 1];
	struct span text;

	if (line.len <= CHECK_LEN + 1)
		return;
	text = span_of(line.ptr, line.len - CHECK_LEN - 1);
	check_of(text, check);
	if (span_eq(span_from(line, text.len + 1), span_cstr(check)))
		file->line(file->owner, text);
}

/* Takes the whole lines at the front; returns how many bytes they are. */
static size_t
take_lines(struct spent_file *file, struct span bytes)
{
	size_t taken = 0;

	while (taken < bytes.len) {
		struct span rest = span_from(bytes, taken);
		size_t end = span_find(rest, '\n');

		if (end == rest.len)
			break;
		take_line(file, span_of(rest.ptr, end));
		taken += end + 1;
	}
	return taken;
}

/* Up to `end`, the size that was seen. */
static bool
read_on(struct spent_file *file, off_t end)
{
	char bytes[READ_STEP];

	while (file->at < end) {
		ssize_t got = pread(file->fd, bytes, READ_STEP, file->at);
		size_t taken = got > 0 ? take_lines(file, span_of(bytes, (size_t)got)) : 0;

		if (got < 0)
			return false;
		/* A part of a line: somebody is writing it, or a crash tore it. */
		if (taken == 0)
			break;
		file->at += (off_t)taken;
	}
	return true;
}

static bool
open_file(struct spent_file *file)
{
	file->fd = open(file->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	file->at = 0;
	return file->fd >= 0;
}

/* A rewrite puts another file under the name. */
static bool
is_current(const struct spent_file *file, struct stat *ret_ours)
{
	struct stat named;

	return fstat(file->fd, ret_ours) == 0 && stat(file->path, &named) == 0 &&
	       ret_ours->st_ino == named.st_ino && ret_ours->st_dev == named.st_dev;
}

static bool
reopen(struct spent_file *file)
{
	close(file->fd);
	file->anew(file->owner);
	return open_file(file);
}

bool
spent_file_read(struct spent_file *file)
{
	struct stat st;

	if (file->fd < 0)
		return false;
	if (fstat(file->fd, &st) < 0)
		return false;
	/* Replaced by a rewrite: its last link is gone. */
	if (st.st_nlink == 0 && (!reopen(file) || fstat(file->fd, &st) < 0))
		return false;
	return read_on(file, st.st_size);
}

/* What a crash tore is closed off by a line end, so that the next line stands alone. */
static bool
close_off(struct spent_file *file, off_t *size)
{
	char last;

	if (*size < file->at || pread(file->fd, &last, 1, *size - 1) != 1)
		return false;
	if (last == '\n')
		return true;
	if (write(file->fd, "\n", 1) != 1)
		return false;
	++*size;
	return read_on(file, *size);
}

/* To the very end: what is added then is known without reading it. */
static bool
catch_up(struct spent_file *file, off_t size)
{
	if (!read_on(file, size))
		return false;
	if (file->at == size)
		return true;
	return close_off(file, &size) && file->at == size;
}

bool
spent_file_lock(struct spent_file *file)
{
	struct stat ours;

	while (file->fd >= 0) {
		int locked;

		do {
			locked = flock(file->fd, LOCK_EX);
		} while (locked < 0 && errno == EINTR);
		if (locked < 0)
			return false;
		if (is_current(file, &ours))
			return catch_up(file, ours.st_size);
		if (!reopen(file))
			return false;
	}
	return false;
}

void
spent_file_unlock(struct spent_file *file)
{
	flock(file->fd, LOCK_UN);
}

bool
spent_file_add(struct spent_file *file, struct span line)
{
	struct buf bytes = BUF_INIT(LINE_LONGEST);

	if (file->is_broken)
		return false;
	spent_file_format(&bytes, line);
	if (bytes.is_over ||
	    write(file->fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len) {
		log_error("store.spent_log", "%s cannot be written: %s; nothing more is released",
		          file->path, strerror(errno));
		file->is_broken = true;
	} else {
		file->line(file->owner, line);
		file->at += (off_t)bytes.len;
	}
	buf_clear(&bytes);
	return !file->is_broken;
}

void
spent_file_rewrite(struct spent_file *file, struct span lines)
{
	struct buf beside = BUF_INIT(4096);
	int fd;

	buf_addf(&beside, "%s.new", file->path);
	fd = open(buf_cstr(&beside), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0 && write(fd, lines.ptr, lines.len) == (ssize_t)lines.len &&
	    fsync(fd) == 0 && flock(fd, LOCK_EX) == 0 &&
	    rename(buf_cstr(&beside), file->path) == 0) {
		close(file->fd);
		file->fd = fd;
		file->at = (off_t)lines.len;
	} else if (fd >= 0) {
		unlink(buf_cstr(&beside));
		close(fd);
	}
	buf_clear(&beside);
}

struct spent_file *
spent_file_open(const char *path, spent_line_fn *line, spent_anew_fn *anew, void *owner,
                struct buf *why)
{
	struct spent_file *file = memory_new(sizeof(*file));

	file->path = memory_cstr(span_cstr(path));
	file->line = line;
	file->anew = anew;
	file->owner = owner;
	if (open_file(file))
		return file;
	buf_addf(why, "%s: cannot be opened: %s", path, strerror(errno));
	spent_file_close(&file);
	return NULL;
}

void
spent_file_close(struct spent_file **file)
{
	if (!*file)
		return;
	if ((*file)->fd >= 0)
		close((*file)->fd);
	free((*file)->path);
	free(*file);
	*file = NULL;
}

size_t
spent_file_size(const struct spent_file *file)
{
	return (size_t)file->at;
}

int
spent_file_fd(const struct spent_file *file)
{
	return file->fd;
}
