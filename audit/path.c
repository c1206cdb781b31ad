/* Paths under the state directory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/path.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/base/memory.h"

char *
path_join(const char *dir, const char *name)
{
	struct span d = span_cstr(dir), n = span_cstr(name);
	char *path = memory_new(d.len + n.len + 2);

	memcpy(path, d.ptr, d.len);
	path[d.len] = '/';
	memcpy(path + d.len + 1, n.ptr, n.len);
	return path;
}

char *
path_parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return memory_cstr(SPAN("."));
	if (slash == path)
		return memory_cstr(SPAN("/"));
	return memory_cstr(span_of(path, (size_t)(slash - path)));
}

bool
dir_sync(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_synced = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return is_synced;
}
