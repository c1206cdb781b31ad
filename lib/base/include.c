/* Lists that go on in other files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/include.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/node_value.h"

enum { PATH_TEXT_MAX = 8192 };

/* A file that is being read, and the one that includes it. */
struct link {
	const struct link *from;
	const char *name;
	struct stat st;
};

struct splice {
	struct including *in;
	struct complaints *why;
	struct node *list;        /* which is written to */
	struct node *last;        /* of what is hung into it */
	const struct node *entry; /* the include that is looked at */
};

static void splice_list(struct splice *s, const struct node *items, const struct link *from);

/* Nobody else has seen the nodes of a document that is still put together. */
static struct node *
own(const struct node *n)
{
	return (struct node *)(uintptr_t)n;
}

static void
hang(struct splice *s, struct node *n)
{
	n->parent = s->list;
	n->index = s->list->count++;
	if (s->last)
		s->last->next = n;
	else
		s->list->first = n;
	s->last = n;
	n->next = NULL;
}

static const struct node *
pattern_of(const struct node *n)
{
	return n->kind == NODE_MAP ? node_find(n, SPAN("include")) : NULL;
}

/* Beside the file that the entry stands in. */
static void
add_path(struct buf *to, const struct node *entry, struct span pattern)
{
	struct span name = span_cstr(manuscript_name(entry->manuscript));

	while (name.len && name.ptr[name.len - 1] != '/')
		name.len--;
	if (pattern.ptr[0] != '/')
		buf_add(to, name);
	buf_add(to, pattern);
}

static bool
has_wildcards(struct span pattern)
{
	return span_contains(pattern, '*') || span_contains(pattern, '?') ||
	       span_contains(pattern, '[');
}

/* Whether the file is one of those that are being read; then the chain is told. */
static bool
is_loop(struct splice *s, const struct link *file)
{
	const struct link *chain[INCLUDE_DEPTH_MAX + 2];
	struct buf text = BUF_INIT(PATH_TEXT_MAX);
	size_t count = 0;

	for (const struct link *l = file->from; l; l = l->from) {
		chain[count++] = l;
		if (l->st.st_dev != file->st.st_dev || l->st.st_ino != file->st.st_ino)
			continue;
		while (count--)
			buf_addf(&text, "%s includes ", chain[count]->name);
		complain(s->why, s->entry, NULL, "files go round in a circle: %s%s",
		         buf_cstr(&text), file->name);
		buf_clear(&text);
		return true;
	}
	return false;
}

static size_t
depth_of(const struct link *l)
{
	size_t depth = 0;

	for (; l; l = l->from)
		depth++;
	return depth;
}

/* Whether the file may be read; else it has been complained of. */
static bool
may_read(struct splice *s, struct link *file)
{
	const char *fault = NULL;

	if (stat(file->name, &file->st) < 0)
		fault = strerror(errno);
	else if (!S_ISREG(file->st.st_mode))
		fault = "is no file";
	if (fault)
		complain(s->why, s->entry, NULL, "%s: %s", file->name, fault);
	if (fault || is_loop(s, file))
		return false;
	if (depth_of(file->from) > INCLUDE_DEPTH_MAX) {
		complain(s->why, s->entry, NULL, "files include each other more than %d deep",
		         INCLUDE_DEPTH_MAX);
		return false;
	}
	if (s->in->files == INCLUDE_FILES_MAX)
		complain(s->why, s->entry, NULL, "more than %d files are included",
		         INCLUDE_FILES_MAX);
	return s->in->files++ < INCLUDE_FILES_MAX;
}

static void
read_file(struct splice *s, const char *name, const struct link *from)
{
	struct link file = {.from = from, .name = name};
	const struct node *entry = s->entry;
	struct document *part;

	if (!may_read(s, &file))
		return;
	part = document_load(name, s->why);
	if (!part)
		return;
	document_adopt(s->in->document, part);
	if (node_is_kind(document_root(part), NODE_LIST, s->why))
		splice_list(s, document_root(part), &file);
	s->entry = entry;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
stop_at(const char *path UNUSED, int error)
{
	return error != ENOENT && error != ENOTDIR;
}

/* A directory that cannot be read may hold rules: that is not the same as none. */
static void
read_matching(struct splice *s, const char *pattern, const struct link *from)
{
	glob_t found;
	int failure = glob(pattern, GLOB_NOSORT | GLOB_NOESCAPE, stop_at, &found);

	if (failure == GLOB_NOMATCH)
		complain_warning(s->why, s->entry, "no file fits %s", pattern);
	else if (failure)
		complain(s->why, s->entry, NULL, "cannot look for %s: its directory cannot be read",
		         pattern);
	if (failure)
		return;
	qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv), by_name);
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_file(s, found.gl_pathv[i], from);
	globfree(&found);
}

static void
splice_entry(struct splice *s, const struct node *n, const struct link *from)
{
	struct buf path = BUF_INIT(PATH_TEXT_MAX);
	struct span pattern;

	NODE_EACH (n, member) {
		if (!span_eq(member->key, SPAN("include")))
			complain_key(s->why, member, NULL, "nothing stands beside \"include\"");
	}
	s->entry = pattern_of(n);
	if (!node_string(s->entry, s->why, &pattern))
		return;
	add_path(&path, s->entry, pattern);
	if (path.is_over)
		complain(s->why, s->entry, NULL, "the path is too long");
	else if (has_wildcards(pattern))
		read_matching(s, buf_cstr(&path), from);
	else
		read_file(s, buf_cstr(&path), from);
	buf_clear(&path);
}

static void
splice_list(struct splice *s, const struct node *items, const struct link *from)
{
	const struct node *next;

	for (const struct node *n = items->first; n; n = next) {
		next = n->next;
		if (pattern_of(n))
			splice_entry(s, n, from);
		else
			hang(s, own(n));
	}
}

void
include_into(struct including *in, const struct node *list, struct complaints *why)
{
	struct splice s = {.in = in, .why = why, .list = own(list)};
	struct node items = *list;
	struct link file = {.name = manuscript_name(list->manuscript)};
	bool includes = false;

	if (list->kind != NODE_LIST)
		return;
	NODE_EACH (list, n)
		includes |= pattern_of(n) != NULL;
	if (!includes)
		return;
	/* Text at hand has a name, but may have no file. */
	if (stat(file.name, &file.st) < 0)
		file.st = (struct stat){0};
	s.list->first = NULL;
	s.list->count = 0;
	splice_list(&s, &items, &file);
}
