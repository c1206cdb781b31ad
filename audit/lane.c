/* One writer, one reader, and the bytes between them in a mapped file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/lane.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_HEAD = 4096,
	SIZE_LEAST = 64 * 1024,
	SIZE_MOST = 64 * 1024 * 1024,
	PREFIX = 8,
	SKIP = 2, /* not a record: the lane goes on at its start */
};

static const char magic[8] = {'C', 'S', 'L', 'A', 'N', 'E', '1', '\n'};

/* Head and tail on cache lines of their own: each has one writer. */
struct lane_file {
	char magic[8];
	uint64_t size;
	alignas(64) _Atomic uint64_t head;
	alignas(64) _Atomic uint64_t tail;
};

/* Before each record, at a multiple of its size. */
struct lane_prefix {
	uint32_t len;
	uint32_t flag;
};

_Static_assert(sizeof(struct lane_prefix) == PREFIX, "records are aligned by it");

static uint64_t
padded(uint64_t len)
{
	return PREFIX + ((len + PREFIX - 1) & ~(uint64_t)(PREFIX - 1));
}

static bool
map(struct lane *l, int fd, uint64_t size, struct buf *why)
{
	void *at = mmap(NULL, FILE_HEAD + size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED) {
		buf_addf(why, "mmap: %s", strerror(errno));
		return false;
	}
	*l = (struct lane){.file = at, .data = (char *)at + FILE_HEAD, .size = size};
	return true;
}

bool
lane_create(struct lane *l, const char *path, uint64_t size, struct buf *why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), error;
	bool is_mapped;

	if (fd < 0) {
		buf_addf(why, "%s: %s", path, strerror(errno));
		return false;
	}
	error = posix_fallocate(fd, 0, (off_t)(FILE_HEAD + size));
	if (error) {
		buf_addf(why, "%s: no room for %llu bytes: %s", path,
		         (unsigned long long)(FILE_HEAD + size), strerror(error));
		close(fd);
		unlink(path);
		return false;
	}
	is_mapped = map(l, fd, size, why);
	close(fd);
	if (!is_mapped)
		return false;
	l->file->size = size;
	memcpy(l->file->magic, magic, sizeof(magic));
	return true;
}

static bool
is_sound(const struct lane *l)
{
	uint64_t head = atomic_load(&l->file->head), tail = atomic_load(&l->file->tail);

	return memcmp(l->file->magic, magic, sizeof(magic)) == 0 && l->file->size == l->size &&
	       tail <= head && head - tail <= l->size && head % PREFIX == 0 && tail % PREFIX == 0;
}

bool
lane_open(struct lane *l, const char *path, struct buf *why)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool is_mapped = false;

	if (fd < 0 || fstat(fd, &st) < 0) {
		buf_addf(why, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (st.st_size >= FILE_HEAD + SIZE_LEAST && st.st_size <= FILE_HEAD + SIZE_MOST &&
	    st.st_size % PREFIX == 0)
		is_mapped = map(l, fd, (uint64_t)st.st_size - FILE_HEAD, why);
	close(fd);
	if (st.st_size == 0)
		return false;
	if (is_mapped && is_sound(l)) {
		l->head = atomic_load(&l->file->head);
		l->read_to = l->tail_seen = atomic_load(&l->file->tail);
		return true;
	}
	if (!is_mapped || l->file->magic[0])
		buf_addf(why, "%s: this is not a lane of records", path);
	if (is_mapped)
		lane_unmap(l);
	return false;
}

void
lane_unmap(struct lane *l)
{
	if (l->file)
		munmap(l->file, FILE_HEAD + l->size);
	*l = (struct lane){0};
}

static void
put_prefix(struct lane *l, uint64_t at, size_t len, uint32_t flag)
{
	struct lane_prefix prefix = {(uint32_t)len, flag};

	memcpy(l->data + at % l->size, &prefix, sizeof(prefix));
}

/* Whether `len` bytes from position `from` on are free. */
static bool
is_free(struct lane *l, uint64_t from, uint64_t len)
{
	if (from + len - l->tail_seen <= l->size)
		return true;
	l->tail_seen = atomic_load_explicit(&l->file->tail, memory_order_acquire);
	return from + len - l->tail_seen <= l->size;
}

/* Marks the rest of the lap as no record.  It counts as written with the next commit. */
static bool
skip_lap(struct lane *l, uint64_t left, uint64_t need)
{
	if (!is_free(l, l->head, left + need))
		return false;
	put_prefix(l, l->head, 0, SKIP);
	l->head += left;
	return true;
}

char *
lane_room(struct lane *l, size_t len)
{
	uint64_t need = padded(len), left = l->size - l->head % l->size;

	if (left < need && !skip_lap(l, left, need))
		return NULL;
	if (!is_free(l, l->head, need))
		return NULL;
	return l->data + l->head % l->size + PREFIX;
}

void
lane_commit(struct lane *l, size_t len, enum lane_flag flag)
{
	put_prefix(l, l->head, len, flag);
	l->head += padded(len);
	atomic_store_explicit(&l->file->head, l->head, memory_order_release);
}

uint64_t
lane_waiting(struct lane *l)
{
	l->tail_seen = atomic_load_explicit(&l->file->tail, memory_order_acquire);
	return l->head - l->tail_seen;
}

bool
lane_next(struct lane *l, struct lane_record *ret)
{
	uint64_t head = lane_head(l);

	while (l->read_to < head) {
		uint64_t offset = l->read_to % l->size;
		struct lane_prefix prefix;

		memcpy(&prefix, l->data + offset, sizeof(prefix));
		if (prefix.flag == SKIP) {
			l->read_to += l->size - offset;
			continue;
		}
		/* Only a damaged file of a dead process can say this. */
		if (prefix.flag > SKIP || padded(prefix.len) > l->size - offset ||
		    padded(prefix.len) > head - l->read_to)
			return false;
		ret->bytes = span_of(l->data + offset + PREFIX, prefix.len);
		ret->flag = (enum lane_flag)prefix.flag;
		l->read_to += padded(prefix.len);
		return true;
	}
	return false;
}

bool
lane_is_empty(const struct lane *l)
{
	return l->read_to == lane_head(l);
}

void
lane_take(struct lane *l)
{
	atomic_store_explicit(&l->file->tail, l->read_to, memory_order_release);
}

void
lane_rewind(struct lane *l)
{
	l->read_to = atomic_load_explicit(&l->file->tail, memory_order_relaxed);
}

uint64_t
lane_head(const struct lane *l)
{
	return atomic_load_explicit(&l->file->head, memory_order_acquire);
}
