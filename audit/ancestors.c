/* The chains that ended before ours. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/ancestors.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/line_reader.h"
#include "audit/path.h"
#include "lib/base/log.h"

enum {
	WINDOW = 1024 * 1024, /* ends of chains stand near the end */
	WINDOW_STEP = 16,
	BESIDE_MOST = 64 * 1024 * 1024,
};

static struct ancestor *
find_ancestor(struct audit *a, struct span chain)
{
	for (size_t i = 0; i < a->ancestor_count; i++) {
		if (span_eq(chain, span_cstr(a->ancestors[i].chain)))
			return &a->ancestors[i];
	}
	return NULL;
}

bool
ancestors_add(struct audit *a, struct span chain, const struct chain_head *head)
{
	struct ancestor *ancestor = find_ancestor(a, chain);

	if (head->seq == 0 || chain.len > CHAIN_NAME_MAX)
		return true;
	if (!ancestor) {
		if (a->ancestor_count == ANCESTORS_MAX)
			return false;
		ancestor = &a->ancestors[a->ancestor_count++];
		*ancestor = (struct ancestor){.found = FOUND_NOWHERE};
		memcpy(ancestor->chain, chain.ptr, chain.len);
	}
	if (head->seq > ancestor->head.seq)
		ancestor->head = *head;
	return true;
}

static size_t
count_nowhere(const struct audit *a)
{
	size_t count = 0;

	for (size_t i = 0; i < a->ancestor_count; i++)
		count += a->ancestors[i].found == FOUND_NOWHERE;
	return count;
}

static void
compare(struct audit *a, const struct line *line, enum found place)
{
	struct ancestor *ancestor = find_ancestor(a, line->chain);
	struct digest hash;

	if (!ancestor || ancestor->found != FOUND_NOWHERE || ancestor->head.seq != line->seq)
		return;
	hash = digest_of(line->text);
	if (digest_eq(&hash, &ancestor->head.hash))
		ancestor->found = place;
}

static void
search_from(struct audit *a, int fd, uint64_t from, enum found place)
{
	struct line_reader r;
	struct read_line text;
	struct line line;

	line_reader_init(&r, fd, from);
	while (line_reader_next(&r, &text)) {
		if (text.is_whole && line_read(text.text, &line))
			compare(a, &line, place);
	}
	line_reader_clear(&r);
}

/* The end of the file first, then more of it; no more than its last `most` bytes. */
static void
search_file(struct audit *a, int fd, uint64_t most, enum found place)
{
	struct stat st;
	uint64_t size, window = WINDOW;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	size = (uint64_t)st.st_size;
	most = most < size ? most : size;
	for (;;) {
		uint64_t len = window < most ? window : most;

		search_from(a, fd, size - len, place);
		if (len == most || count_nowhere(a) == 0)
			return;
		window *= WINDOW_STEP;
	}
}

static void
search_beside(struct audit *a)
{
	char *parent = path_parent(a->trail.path);
	DIR *dir = opendir(parent);
	struct dirent *entry;

	while (dir && count_nowhere(a) && (entry = readdir(dir))) {
		int fd;

		if (entry->d_ino == a->trail.inode)
			continue;
		fd = openat(dirfd(dir), entry->d_name,
		            O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
		if (fd < 0)
			continue;
		search_file(a, fd, BESIDE_MOST, FOUND_BESIDE);
		close(fd);
	}
	if (dir)
		closedir(dir);
	free(parent);
}

size_t
ancestors_search(struct audit *a)
{
	if (count_nowhere(a))
		search_file(a, a->trail.fd, UINT64_MAX, FOUND_HERE);
	if (count_nowhere(a))
		search_beside(a);
	return count_nowhere(a);
}

void
ancestors_add_last_line(struct audit *a)
{
	const uint64_t window = (uint64_t)2 * LINE_MAX_LEN, size = a->trail.size;
	struct line_reader r;
	struct read_line text;
	struct line line;
	char chain[CHAIN_NAME_MAX + 1];
	struct chain_head head = {0};
	struct ancestor *ancestor;

	chain[0] = '\0';
	line_reader_init(&r, a->trail.fd, size > window ? size - window : 0);
	while (line_reader_next(&r, &text)) {
		if (!text.is_whole || !line_read(text.text, &line) ||
		    line.chain.len > CHAIN_NAME_MAX)
			continue;
		memcpy(chain, line.chain.ptr, line.chain.len);
		chain[line.chain.len] = '\0';
		head = (struct chain_head){line.seq, digest_of(text.text)};
	}
	line_reader_clear(&r);
	ancestor = find_ancestor(a, span_cstr(chain));
	if (ancestor && ancestor->head.seq >= head.seq)
		return;
	if (!ancestors_add(a, span_cstr(chain), &head))
		log_debug("audit.opened", "the last line's chain is not named");
	else if ((ancestor = find_ancestor(a, span_cstr(chain))))
		ancestor->found = FOUND_HERE;
}
