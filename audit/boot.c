/* A process's directory under state_dir/rings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/boot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/path.h"
#include "lib/base/memory.h"

enum { MACHINE_MAX = 40 };

static const char magic[8] = {'C', 'S', 'B', 'O', 'O', 'T', '1', '\n'};

/* Two heads, of which `current` names the whole one: a kill can come in mid-copy. */
struct boot_page {
	char magic[8];
	char chain[CHAIN_NAME_MAX + 1];
	char machine[MACHINE_MAX];
	_Atomic uint64_t device, inode, batch_at;
	_Atomic uint32_t current;
	struct chain_head heads[2];
	struct digest trail;
};

/* Changes with every start of the kernel: after one, mapped files may be torn. */
static void
read_machine(char ret[MACHINE_MAX])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, ret, MACHINE_MAX - 1);

	if (fd >= 0)
		close(fd);
	memset(ret + (len > 0 ? len : 0), 0, (size_t)(MACHINE_MAX - (len > 0 ? len : 0)));
}

static bool
map_page(struct boot *b, int flags, struct buf *why)
{
	char *path = path_join(b->dir, "state");
	int fd = open(path, O_CLOEXEC | flags, 0600);
	bool is_for_writing = (flags & O_ACCMODE) == O_RDWR;
	void *at = MAP_FAILED;
	struct stat st;

	if (fd >= 0 && (!(flags & O_CREAT) || posix_fallocate(fd, 0, sizeof(*b->page)) == 0) &&
	    fstat(fd, &st) == 0 && st.st_size >= (off_t)sizeof(*b->page))
		at = mmap(NULL, sizeof(*b->page), PROT_READ | (is_for_writing ? PROT_WRITE : 0),
		          MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		buf_addf(why, "%s: %s", path, strerror(errno));
	else
		b->page = at;
	if (fd >= 0)
		close(fd);
	free(path);
	return at != MAP_FAILED;
}

/* The lock of one directory; -1 when somebody else holds it. */
static int
lock_dir(const char *dir, int flags)
{
	char *path = path_join(dir, "lock");
	int fd = open(path, O_RDWR | O_CLOEXEC | flags, 0600);

	free(path);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

int
boot_lock_all(const char *state_dir, struct buf *why)
{
	char *dir = path_join(state_dir, "rings"), *path = path_join(dir, "lock");
	int fd = -1;

	if (mkdir(dir, 0700) == 0 || errno == EEXIST)
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) < 0) {
		buf_addf(why, "%s: %s; state_dir must be a directory this user may write", path,
		         strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	free(dir);
	free(path);
	return fd;
}

static char *
dir_of(const char *state_dir, const char *name)
{
	char *rings = path_join(state_dir, "rings"), *dir = path_join(rings, name);

	free(rings);
	return dir;
}

bool
boot_create(struct boot *b, const char *state_dir, const char *name, const char *chain,
            struct buf *why)
{
	*b = (struct boot){.dir = dir_of(state_dir, name), .lock_fd = -1};
	if (mkdir(b->dir, 0700) < 0 || (b->lock_fd = lock_dir(b->dir, O_CREAT)) < 0) {
		buf_addf(why, "%s: %s", b->dir, strerror(errno));
		boot_close(b, false);
		return false;
	}
	if (!map_page(b, O_RDWR | O_CREAT, why)) {
		boot_close(b, true);
		return false;
	}
	memcpy(b->page->chain, chain, strlen(chain));
	read_machine(b->page->machine);
	memcpy(b->page->magic, magic, sizeof(magic));
	return true;
}

static bool
is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "lock") != 0;
}

size_t
boot_find_dead(const char *state_dir, struct boot **ret_dead)
{
	char *rings = path_join(state_dir, "rings");
	DIR *dir = opendir(rings);
	struct dirent *entry;
	size_t count = 0;

	*ret_dead = NULL;
	while (dir && (entry = readdir(dir))) {
		struct boot b = {.lock_fd = -1};
		struct buf ignored = BUF_INIT(1024);

		if (!is_name(entry))
			continue;
		b.dir = dir_of(state_dir, entry->d_name);
		/* Made if need be: a process can die between making the directory and this. */
		b.lock_fd = lock_dir(b.dir, O_CREAT);
		if (b.lock_fd < 0) {
			free(b.dir);
			continue;
		}
		if (!map_page(&b, O_RDWR, &ignored))
			b.page = NULL;
		buf_clear(&ignored);
		*ret_dead = memory_resize(*ret_dead, (count + 1) * sizeof(b));
		(*ret_dead)[count++] = b;
	}
	if (dir)
		closedir(dir);
	free(rings);
	return count;
}

bool
boot_is_alive(const char *state_dir, const char *name)
{
	char *dir = dir_of(state_dir, name);
	int fd = lock_dir(dir, 0);
	bool is_alive = fd < 0 && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	free(dir);
	return is_alive;
}

void
boot_set_trail(struct boot *b, const struct digest *trail)
{
	b->page->trail = *trail;
}

void
boot_will_write(struct boot *b, uint64_t device, uint64_t inode, uint64_t at)
{
	atomic_store(&b->page->device, device);
	atomic_store(&b->page->inode, inode);
	atomic_store(&b->page->batch_at, at);
}

void
boot_has_written(struct boot *b, const struct chain_head *head)
{
	uint32_t next = !atomic_load(&b->page->current);

	b->page->heads[next] = *head;
	atomic_store(&b->page->current, next);
}

bool
boot_read(const struct boot *b, struct boot_state *ret)
{
	char machine[MACHINE_MAX];

	if (!b->page || memcmp(b->page->magic, magic, sizeof(magic)) != 0)
		return false;
	read_machine(machine);
	memcpy(ret->chain, b->page->chain, sizeof(ret->chain));
	ret->chain[CHAIN_NAME_MAX] = '\0';
	ret->head = b->page->heads[atomic_load(&b->page->current) & 1];
	ret->device = atomic_load(&b->page->device);
	ret->inode = atomic_load(&b->page->inode);
	ret->batch_at = atomic_load(&b->page->batch_at);
	ret->trail = b->page->trail;
	ret->same_machine = memcmp(machine, b->page->machine, MACHINE_MAX) == 0;
	return true;
}

void
boot_each(const char *state_dir, boot_fn *fn, void *owner)
{
	char *rings = path_join(state_dir, "rings");
	DIR *dir = opendir(rings);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct boot b = {.lock_fd = -1};
		struct buf ignored = BUF_INIT(1024);
		struct boot_state state;

		if (!is_name(entry))
			continue;
		b.dir = path_join(rings, entry->d_name);
		if (map_page(&b, O_RDONLY, &ignored) && boot_read(&b, &state))
			fn(owner, &state);
		buf_clear(&ignored);
		boot_close(&b, false);
	}
	if (dir)
		closedir(dir);
	free(rings);
}

static void
remove_all(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

void
boot_close(struct boot *b, bool removes)
{
	if (b->page)
		munmap(b->page, sizeof(*b->page));
	if (removes && b->dir)
		remove_all(b->dir);
	if (b->lock_fd >= 0)
		close(b->lock_fd);
	free(b->dir);
	*b = (struct boot){.lock_fd = -1};
}
