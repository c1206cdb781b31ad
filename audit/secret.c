/* The key of the digests that stand in for secrets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool
read_key(const char *path, struct digest *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is_read = fd >= 0 && read(fd, ret->bytes, DIGEST_LEN) == DIGEST_LEN;

	if (fd >= 0)
		close(fd);
	return is_read;
}

/* Under another name first: nobody ever reads half a key, and the faster sibling wins. */
static bool
make_key(const char *path)
{
	struct buf beside = BUF_INIT(4096);
	struct digest key;
	int fd;
	bool is_made;

	random_fill(key.bytes, DIGEST_LEN);
	buf_addf(&beside, "%s.%ld.new", path, (long)getpid());
	fd = open(buf_cstr(&beside), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	is_made = fd >= 0 && write(fd, key.bytes, DIGEST_LEN) == DIGEST_LEN && fsync(fd) == 0 &&
	          (link(buf_cstr(&beside), path) == 0 || errno == EEXIST);
	if (fd >= 0) {
		close(fd);
		unlink(buf_cstr(&beside));
	}
	buf_clear(&beside);
	return is_made;
}

bool
secret_open(const char *path, struct digest *ret, struct buf *why)
{
	if (read_key(path, ret) || (make_key(path) && read_key(path, ret)))
		return true;
	buf_addf(why, "%s: 32 bytes of key cannot be read or made: %s", path, strerror(errno));
	return false;
}
