/* The state directory, and who we are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/home.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/state_dir.h"
#include "lib/base/digest.h"

enum { NODE_BYTES = 4, BOOT_BYTES = 8 };

static void
random_name(char to[HOME_NAME_MAX], size_t bytes)
{
	unsigned char random[BOOT_BYTES];
	struct buf text = BUF_INIT(HOME_NAME_MAX - 1);

	random_fill(random, bytes);
	hex_add(&text, span_of(random, bytes));
	memcpy(to, buf_cstr(&text), text.len + 1);
	buf_clear(&text);
}

static bool
is_name(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (ascii_hex(text.ptr[i]) < 0)
			return false;
	}
	return text.len == 2 * NODE_BYTES;
}

/* -1: there is none; 0: it cannot be used; 1: read. */
static int
read_node(struct home *h, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return errno == ENOENT ? -1 : 0;
	len = read(fd, h->node, HOME_NAME_MAX - 1);
	close(fd);
	if (len > 0 && h->node[len - 1] == '\n')
		len--;
	if (len < 0 || !is_name(span_of(h->node, (size_t)len)))
		return 0;
	h->node[len] = '\0';
	return 1;
}

/* Several processes may start at once: the first to link its name wins. */
static bool
make_node(struct home *h, const char *path)
{
	struct buf beside = BUF_INIT(4096);
	char name[HOME_NAME_MAX];
	bool is_made = false;
	int fd;

	random_name(name, NODE_BYTES);
	buf_addf(&beside, "%s.%s", path, h->boot);
	fd = open(buf_cstr(&beside), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		is_made = write(fd, name, strlen(name)) == (ssize_t)strlen(name) &&
		          fsync(fd) == 0 &&
		          (link(buf_cstr(&beside), path) == 0 || errno == EEXIST);
		close(fd);
		unlink(buf_cstr(&beside));
	}
	buf_clear(&beside);
	return is_made && read_node(h, path) == 1;
}

bool
home_open(struct home *h, const char *dir, struct buf *why)
{
	struct buf path = BUF_INIT(4096);
	int found;
	bool is_open = true;

	*h = (struct home){.dir = dir};
	random_name(h->boot, BOOT_BYTES);
	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		buf_addf(why, "state_dir %s cannot be made: %s", dir, strerror(errno));
		return false;
	}
	buf_addf(&path, "state_dir %s ", dir);
	if (!state_dir_is_ours(dir, &path)) {
		buf_add(why, buf_span(&path));
		buf_clear(&path);
		return false;
	}
	buf_reset(&path);
	buf_addf(&path, "%s/node", dir);
	found = read_node(h, buf_cstr(&path));
	if (found == 0 || (found < 0 && !make_node(h, buf_cstr(&path)))) {
		buf_addf(why, "%s cannot be %s: %s", buf_cstr(&path), found ? "made" : "used",
		         errno ? strerror(errno) : "it does not hold a name of ours");
		is_open = false;
	}
	buf_clear(&path);
	return is_open;
}
