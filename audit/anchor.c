/* Heads of chains, kept apart from the file they speak of. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/anchor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/path.h"
#include "lib/base/memory.h"

enum { ANCHOR_MAX = NOTE_MAX + 128 };

/* Behind the note, which is signed without it. */
static const struct span trail_key = SPAN("trail ");

static bool
write_synced(const char *path, struct span text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool is_written = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len &&
	                  fdatasync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return is_written;
}

struct digest
anchor_trail(const char *file)
{
	return digest_of(span_cstr(file));
}

bool
anchor_is_of(const struct digest *trail, const struct digest *other)
{
	static const struct digest unknown;

	return digest_eq(trail, other) || digest_eq(trail, &unknown) ||
	       digest_eq(other, &unknown);
}

bool
anchor_write(const char *state_dir, const char *name, const struct digest *trail,
             const struct note *note, const struct private_key *key)
{
	char *dir = path_join(state_dir, "anchors"), *path = path_join(dir, name);
	char *beside = path_join(dir, ".new");
	struct buf text = BUF_INIT(ANCHOR_MAX), unique = BUF_INIT(4096);
	char hex[DIGEST_HEX + 1];
	bool is_written;

	note_write(note, key, &text);
	digest_hex(trail, hex);
	buf_add(&text, trail_key);
	buf_add(&text, span_of(hex, DIGEST_HEX));
	buf_addc(&text, '\n');
	buf_addf(&unique, "%s.%s", beside, name);
	is_written = (mkdir(dir, 0700) == 0 || errno == EEXIST) &&
	             write_synced(buf_cstr(&unique), buf_span(&text)) &&
	             rename(buf_cstr(&unique), path) == 0 && dir_sync(dir);
	buf_clear(&text);
	buf_clear(&unique);
	free(beside);
	free(path);
	free(dir);
	return is_written;
}

/* Of anchors that do not say, zeros. */
static struct digest
read_trail(struct span text)
{
	struct digest trail = {{0}};
	struct span line;

	while (span_cut(&text, '\n', &line)) {
		if (span_starts(line, trail_key) &&
		    digest_read(span_from(line, trail_key.len), &trail))
			break;
	}
	return trail;
}

static bool
anchor_read(const char *path, struct anchor *ret)
{
	char text[ANCHOR_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text));
	struct note note;

	if (fd >= 0)
		close(fd);
	if (len <= 0 || !note_read(span_of(text, (size_t)len), &note) ||
	    note.chain.len > CHAIN_NAME_MAX)
		return false;
	memset(ret->chain, 0, sizeof(ret->chain));
	memcpy(ret->chain, note.chain.ptr, note.chain.len);
	ret->head = note.head;
	ret->is_closed = note.is_closed;
	ret->trail = read_trail(span_of(text, (size_t)len));
	return true;
}

size_t
anchor_list(const char *state_dir, struct anchor **ret)
{
	char *path = path_join(state_dir, "anchors");
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t count = 0;

	*ret = NULL;
	while (dir && (entry = readdir(dir))) {
		struct anchor anchor = {0};
		char *file;
		bool is_read;

		if (entry->d_name[0] == '.')
			continue;
		file = path_join(path, entry->d_name);
		is_read = anchor_read(file, &anchor);
		free(file);
		if (!is_read)
			continue;
		memcpy(anchor.name, entry->d_name, strlen(entry->d_name));
		*ret = memory_resize(*ret, (count + 1) * sizeof(anchor));
		(*ret)[count++] = anchor;
	}
	if (dir)
		closedir(dir);
	free(path);
	return count;
}

void
anchor_remove(const char *state_dir, const char *name)
{
	char *dir = path_join(state_dir, "anchors"), *path = path_join(dir, name);

	unlink(path);
	free(path);
	free(dir);
}
