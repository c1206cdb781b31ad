/* The audit file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/trail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "audit/path.h"
#include "lib/base/memory.h"

enum {
	RESERVE_LEAST = 64 * 1024,
	STEP = 4 * 1024 * 1024, /* how far ahead of the reserve blocks are asked for */
	BLOCK = 512,            /* of st_blocks */
	LOCK_TRIES = 2000,      /* a millisecond each */
	CHUNK = 1024 * 1024,
};

static bool
dir_is_safe(const char *path, struct buf *why)
{
	char *dir = path_parent(path);
	struct stat st;
	bool is_safe = false;

	if (stat(dir, &st) < 0)
		buf_addf(why, "%s: the directory %s: %s; make it, owned by the user that runs "
		         "countersign", path, dir, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		buf_addf(why, "%s: %s is not a directory", path, dir);
	else if ((st.st_mode & 0002) && !(st.st_mode & S_ISVTX))
		buf_addf(why, "%s: everybody may write in %s and so replace the trail; "
		         "take that right away (chmod o-w)", path, dir);
	else
		is_safe = true;
	free(dir);
	return is_safe;
}

static bool
file_is_safe(const char *path, const struct stat *st, struct buf *why)
{
	if (!S_ISREG(st->st_mode))
		buf_addf(why, "%s: this is not a regular file", path);
	else if (st->st_mode & 0022)
		buf_addf(why, "%s: others may write in it (mode %04o); chmod 600 it", path,
		         (unsigned)(st->st_mode & 07777));
	else
		return true;
	return false;
}

static void
note_stat(struct trail *t, const struct stat *st)
{
	t->device = (uint64_t)st->st_dev;
	t->inode = (uint64_t)st->st_ino;
	t->size = (uint64_t)st->st_size;
	t->allocated = (uint64_t)st->st_blocks * BLOCK;
}

/* Opens the file by its name and keeps the descriptor in `t`. */
static bool
open_by_name(struct trail *t, struct buf *why)
{
	struct stat st;
	char *dir;
	int fd;

	if (!dir_is_safe(t->path, why))
		return false;
	/* Not blocking, lest a FIFO in its place stops us for ever. */
	fd = open(t->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	if (fd < 0 || fstat(fd, &st) < 0) {
		buf_addf(why, "%s: %s", t->path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (!file_is_safe(t->path, &st, why)) {
		close(fd);
		return false;
	}
	t->fd = fd;
	note_stat(t, &st);
	t->synced = t->size;
	t->is_poisoned = false;
	/* So that trail_begin() sees growth, and looks at the end of it. */
	t->size = t->allocated = 0;
	dir = path_parent(t->path);
	if (st.st_size == 0 && !dir_sync(dir))
		buf_addf(why, "%s: fsync: %s", dir, strerror(errno));
	free(dir);
	return true;
}

bool
trail_open(struct trail *t, const char *path, struct buf *why)
{
	*t = (struct trail){.path = memory_cstr(span_cstr(path)), .fd = -1,
	                    .reserve = TRAIL_RESERVE};
	if (open_by_name(t, why))
		return true;
	free(t->path);
	t->path = NULL;
	return false;
}

void
trail_close(struct trail *t)
{
	if (t->fd >= 0) {
		/* Frees the blocks past the end; under the lock, so that no line is cut. */
		if (trail_begin(t)) {
			int ignored UNUSED = ftruncate(t->fd, (off_t)t->size);

			trail_end(t);
		}
		close(t->fd);
	}
	free(t->path);
	*t = (struct trail){.fd = -1};
}

/* A process that is stopped while it holds the lock must not stop us too. */
static bool
lock(int fd)
{
	struct timespec pause = {0, 1000000};

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		nanosleep(&pause, NULL);
	}
	errno = EWOULDBLOCK;
	return false;
}

/* Offset behind the last line feed below `size`. */
static bool
find_line_end(int fd, uint64_t size, uint64_t *ret)
{
	char block[4096];

	while (size > 0) {
		size_t len = size % sizeof(block) ? size % sizeof(block) : sizeof(block);
		const char *feed;

		if (pread(fd, block, len, (off_t)(size - len)) != (ssize_t)len)
			return false;
		feed = memrchr(block, '\n', len);
		if (feed) {
			*ret = size - len + (uint64_t)(feed - block) + 1;
			return true;
		}
		size -= len;
	}
	*ret = 0;
	return true;
}

static struct digest
digest_of_range(int fd, uint64_t from, uint64_t to)
{
	struct hasher *h = hasher_new();
	char block[4096];

	while (from < to) {
		size_t len = to - from < sizeof(block) ? (size_t)(to - from) : sizeof(block);
		ssize_t got = pread(fd, block, len, (off_t)from);

		if (got <= 0)
			break;
		hasher_add(h, span_of(block, (size_t)got));
		from += (uint64_t)got;
	}
	return hasher_end(&h);
}

/* Every living writer holds the lock while it writes: half a line is a dead one's. */
static bool
cut_torn_line(struct trail *t)
{
	uint64_t end;
	char last;

	if (t->size == 0)
		return true;
	if (pread(t->fd, &last, 1, (off_t)(t->size - 1)) != 1)
		return false;
	if (last == '\n')
		return true;
	if (!find_line_end(t->fd, t->size, &end))
		return false;
	t->news.torn = digest_of_range(t->fd, end, t->size);
	t->news.torn_bytes += t->size - end;
	if (ftruncate(t->fd, (off_t)end) < 0)
		return false;
	t->size = end;
	t->allocated = 0;
	return true;
}

/* The file was deleted under us: what it held is gone, a new one must take its place. */
static bool
open_anew(struct trail *t)
{
	struct buf why = BUF_INIT(4096);
	int old = t->fd;
	uint64_t lost = t->size;
	bool is_open = open_by_name(t, &why);

	buf_clear(&why);
	if (!is_open)
		return false;
	close(old);
	t->news.was_removed = true;
	t->news.lost_bytes += lost;
	return true;
}

/* Locks the file, or the one that took its place. */
static bool
lock_file(struct trail *t, struct stat *ret)
{
	enum { TRIES = 3 };

	for (int i = 0; i < TRIES; i++) {
		if (!lock(t->fd) || fstat(t->fd, ret) < 0)
			return false;
		if (ret->st_nlink > 0)
			return true;
		if (!open_anew(t))
			break;
	}
	errno = ENOENT;
	return false;
}

bool
trail_begin(struct trail *t)
{
	struct stat st;
	uint64_t before;

	if (!lock_file(t, &st))
		return false;
	before = t->size;
	note_stat(t, &st);
	if (t->size == before)
		return true;
	if (t->size < before) {
		t->news.lost_bytes += before - t->size;
		t->synced = t->synced < t->size ? t->synced : t->size;
	}
	if (cut_torn_line(t))
		return true;
	trail_end(t);
	return false;
}

void
trail_end(struct trail *t)
{
	flock(t->fd, LOCK_UN);
}

static enum trail_result
failure(void)
{
	return errno == ENOSPC || errno == EDQUOT ? TRAIL_FULL : TRAIL_FAILED;
}

/* Whether blocks for `len` more bytes and the reserve stand ready behind the end. */
static enum trail_result
make_room(struct trail *t, uint64_t len)
{
	off_t size = (off_t)t->size;

	if (t->reserve == 0 || t->allocated >= t->size + len + t->reserve)
		return TRAIL_DONE;
	if (fallocate(t->fd, FALLOC_FL_KEEP_SIZE, size, (off_t)(len + t->reserve + STEP)) == 0) {
		t->has_reserve = true;
		t->allocated = t->size + len + t->reserve + STEP;
		return TRAIL_DONE;
	}
	if (errno == EOPNOTSUPP || errno == ENOSYS) {
		t->reserve = 0;
		return TRAIL_DONE;
	}
	while (fallocate(t->fd, FALLOC_FL_KEEP_SIZE, size, (off_t)(len + t->reserve)) < 0) {
		/* A small disk from the start gets a small reserve; one that filled up does not. */
		if (failure() != TRAIL_FULL || t->has_reserve || t->reserve <= RESERVE_LEAST)
			return failure();
		t->reserve /= 2;
	}
	t->has_reserve = true;
	t->allocated = t->size + len + t->reserve;
	return TRAIL_DONE;
}

enum trail_result
trail_write(struct trail *t, struct span lines, bool uses_reserve)
{
	enum trail_result room = uses_reserve ? TRAIL_DONE : make_room(t, lines.len);
	size_t done = 0;

	if (room != TRAIL_DONE)
		return room;
	while (done < lines.len) {
		ssize_t len = write(t->fd, lines.ptr + done, lines.len - done);

		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0) {
			enum trail_result result = failure();

			if (done && ftruncate(t->fd, (off_t)t->size) < 0)
				result = TRAIL_FAILED;
			return result;
		}
		done += (size_t)len;
	}
	t->size += lines.len;
	return TRAIL_DONE;
}

static bool
write_again(int fd, uint64_t from, uint64_t to)
{
	char *block = memory_new(CHUNK);
	bool is_written = true;

	while (is_written && from < to) {
		size_t len = to - from < CHUNK ? (size_t)(to - from) : CHUNK;
		ssize_t got = pread(fd, block, len, (off_t)from);

		is_written = got > 0 && pwrite(fd, block, (size_t)got, (off_t)from) == got;
		from += got > 0 ? (uint64_t)got : 0;
	}
	free(block);
	return is_written;
}

/*
 * A failed sync may leave pages marked clean that never reached the device, so that a
 * second sync alone would succeed and prove nothing.  Writing the bytes again makes the
 * pages dirty again.  The lock keeps others from appending while O_APPEND is off.
 */
bool
trail_repair(struct trail *t)
{
	int flags = fcntl(t->fd, F_GETFL);
	bool is_repaired = false;

	if (flags < 0 || !trail_begin(t))
		return false;
	if (fcntl(t->fd, F_SETFL, flags & ~O_APPEND) == 0)
		is_repaired = write_again(t->fd, t->synced, t->size);
	if (fcntl(t->fd, F_SETFL, flags) < 0 || !is_repaired || fdatasync(t->fd) < 0) {
		trail_end(t);
		return false;
	}
	t->is_poisoned = false;
	t->synced = t->size;
	trail_end(t);
	return true;
}

uint64_t
trail_left(const struct trail *t)
{
	if (t->reserve == 0)
		return TRAIL_RESERVE;
	return t->allocated > t->size ? t->allocated - t->size : 0;
}

bool
trail_was_renamed(const struct trail *t)
{
	struct stat st;

	return stat(t->path, &st) < 0 || (uint64_t)st.st_dev != t->device ||
	       (uint64_t)st.st_ino != t->inode;
}
