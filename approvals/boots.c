/* Which processes that shared this state directory still live. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/boots.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/memory.h"

enum { PATH_LONGEST = 4096, TRIES_MAX = 100 };

struct boots {
	char *directory;
	char *own;
	int fd; /* holds our lock */
};

static void
path_of(const struct boots *b, const char *boot, struct buf *to)
{
	buf_addf(to, "%s/%s", b->directory, boot);
}

static int
open_lock(const struct boots *b, const char *boot, int flags)
{
	struct buf path = BUF_INIT(PATH_LONGEST);
	int fd;

	path_of(b, boot, &path);
	fd = open(buf_cstr(&path), O_RDWR | O_CLOEXEC | flags, 0600);
	buf_clear(&path);
	return fd;
}

/* Who clears away took it for a dead process's before we had locked it: we would hold the lock
 * of a file that nobody finds. */
static bool
is_still_there(const struct boots *b)
{
	struct buf path = BUF_INIT(PATH_LONGEST);
	struct stat ours, named;
	bool is_there;

	path_of(b, b->own, &path);
	is_there = fstat(b->fd, &ours) == 0 && stat(buf_cstr(&path), &named) == 0 &&
	           ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
	buf_clear(&path);
	return is_there;
}

/* Shared: each thread holds one of its own, and all end with the process. */
static bool
lock_own(struct boots *b)
{
	for (unsigned tries = 0; tries < TRIES_MAX; tries++) {
		b->fd = open_lock(b, b->own, O_CREAT);
		if (b->fd < 0 || flock(b->fd, LOCK_SH) < 0)
			return false;
		if (is_still_there(b))
			return true;
		close(b->fd);
	}
	b->fd = -1;
	errno = EAGAIN;
	return false;
}

/* Nobody asks for most of them: who had no claim open is in no list. */
static void
clear_the_dead_away(const struct boots *b)
{
	DIR *directory = opendir(b->directory);
	const struct dirent *entry;

	if (!directory)
		return;
	while ((entry = readdir(directory)) != NULL)
		(void)boots_is_gone(b, entry->d_name);
	closedir(directory);
}

struct boots *
boots_enter(const char *state_dir, const char *boot, struct buf *why)
{
	struct boots *b = memory_new(sizeof(*b));
	struct buf path = BUF_INIT(PATH_LONGEST);

	buf_addf(&path, "%s/boots", state_dir);
	b->directory = memory_cstr(buf_span(&path));
	b->own = memory_cstr(span_cstr(boot));
	b->fd = -1;
	buf_clear(&path);
	if ((mkdir(b->directory, 0700) == 0 || errno == EEXIST) && lock_own(b)) {
		clear_the_dead_away(b);
		return b;
	}
	buf_addf(why, "%s: cannot be used: %s", b->directory, strerror(errno));
	boots_leave(&b);
	return NULL;
}

void
boots_leave(struct boots **boots)
{
	if (!*boots)
		return;
	if ((*boots)->fd >= 0)
		close((*boots)->fd);
	free((*boots)->directory);
	free((*boots)->own);
	free(*boots);
	*boots = NULL;
}

static void
clear_away(const struct boots *b, const char *boot)
{
	struct buf path = BUF_INIT(PATH_LONGEST);

	path_of(b, boot, &path);
	unlink(buf_cstr(&path));
	buf_clear(&path);
}

bool
boots_is_gone(const struct boots *b, const char *boot)
{
	bool is_gone;
	int fd;

	/* The name may come from Redis. */
	if (strchr(boot, '/') || boot[0] == '.' || boot[0] == '\0' ||
	    strcmp(boot, b->own) == 0)
		return false;
	fd = open_lock(b, boot, 0);
	if (fd < 0)
		return errno == ENOENT;
	is_gone = flock(fd, LOCK_EX | LOCK_NB) == 0;
	if (is_gone)
		clear_away(b, boot);
	close(fd);
	return is_gone;
}
