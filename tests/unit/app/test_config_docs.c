/* docs/config.md says of each key what its table says; --print writes the rows anew. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/config_load.h"

enum { SEEN_MAX = 64, PATH_LEN = 300, DOCS_MAX = 1 << 20 };

struct walk {
	struct buf rows;
	struct {
		const struct schema *schema;
		char path[PATH_LEN];
	} seen[SEEN_MAX];
	size_t seen_count;
};

static void
add_words(struct buf *to, const struct word *words)
{
	for (const struct word *w = words; w->name; w++)
		buf_addf(to, "%s`%s`", w == words ? "" : ", ", w->name);
}

static void
add_type(struct buf *to, const struct key *key)
{
	switch (key->type) {
	case KEY_BOOL:
		buf_addf(to, "`true` or `false`");
		return;
	case KEY_INTEGER:
		buf_addf(to, "integer");
		if (key->bounds.most)
			buf_addf(to, ", %llu to %llu", (unsigned long long)key->bounds.least,
			         (unsigned long long)key->bounds.most);
		return;
	case KEY_DURATION:
		buf_addf(to, "duration");
		return;
	case KEY_SIZE:
		buf_addf(to, "size");
		return;
	case KEY_STRING:
		buf_addf(to, "string");
		return;
	case KEY_STRINGS:
		buf_addf(to, "list of strings");
		return;
	case KEY_WORD:
		add_words(to, key->words);
		return;
	case KEY_OBJECT:
		buf_addf(to, "map");
		return;
	case KEY_OBJECTS:
		buf_addf(to, "list");
		return;
	case KEY_NODE:
	case KEY_CUSTOM:
		buf_addf(to, "%s", key->form ? key->form : "map");
		return;
	}
}

/* Where the same table stands already, so that it is told once. */
static const char *
seen_at(struct walk *w, const struct schema *s, const char *path)
{
	for (size_t i = 0; i < w->seen_count; i++) {
		if (w->seen[i].schema->keys == s->keys)
			return w->seen[i].path;
	}
	assert_true(w->seen_count < SEEN_MAX);
	w->seen[w->seen_count].schema = s;
	snprintf(w->seen[w->seen_count++].path, PATH_LEN, "%s", path);
	return NULL;
}

static void
add_row(struct walk *w, const struct key *key, const char *path, const char *same_as)
{
	struct buf *to = &w->rows;

	buf_addf(to, "| `%s` | ", path);
	if (same_as)
		buf_addf(to, "as `%s`", same_as);
	else if (!key->is_later)
		add_type(to, key);
	buf_addf(to, " | ");
	if (key->is_required)
		buf_addf(to, "*required*");
	else if (key->fallback && !key->is_later)
		buf_addf(to, "`%s`", key->fallback);
	buf_addf(to, " | %s%s%s |\n", key->is_later ? "*Not supported yet.*" : "",
	         key->is_later && key->help ? " " : "", key->help ? key->help : "");
}

/* Tables are nested a few levels deep, and none holds itself. */
static void
add_rows(struct walk *w, const struct schema *s, const char *under, int depth)
{
	assert_true(depth < 10);
	for (size_t i = 0; i < s->key_count; i++) {
		const struct key *key = &s->keys[i];
		bool is_list = key->type == KEY_OBJECTS ||
		               (key->form && strncmp(key->form, "a list", 6) == 0);
		char path[PATH_LEN], below[PATH_LEN + 3];
		const char *same_as;

		snprintf(path, sizeof(path), "%s%s", under, key->name);
		same_as = key->object && !key->is_later ? seen_at(w, key->object, path) : NULL;
		add_row(w, key, path, same_as);
		snprintf(below, sizeof(below), "%s%s.", path, is_list ? "[]" : "");
		if (key->object && !key->is_later && !same_as)
			add_rows(w, key->object, below, depth + 1);
	}
}

static void
read_docs(struct buf *to)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	char *room = buf_room(to, DOCS_MAX);
	FILE *f;

	snprintf(path, sizeof(path), "%s/docs/config.md", srcdir ? srcdir : ".");
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s cannot be read", path);
	buf_grew(to, fread(room, 1, DOCS_MAX, f));
	fclose(f);
}

static void
every_key_has_its_row(void **state)
{
	struct walk w = {.rows = BUF_INIT(DOCS_MAX)};
	struct buf docs = BUF_INIT(DOCS_MAX);
	struct span rest, row;

	(void)state;
	read_docs(&docs);
	add_rows(&w, &config_schema, "", 0);
	rest = buf_span(&w.rows);
	while (span_cut(&rest, '\n', &row)) {
		if (!memmem(docs.ptr, docs.len, row.ptr, row.len))
			fail_msg("docs/config.md lacks this row:\n%.*s", SPAN_ARG(row));
	}
	buf_clear(&docs);
	buf_clear(&w.rows);
}

static void
no_row_tells_of_a_key_that_is_not_there(void **state)
{
	struct walk w = {.rows = BUF_INIT(DOCS_MAX)};
	struct buf docs = BUF_INIT(DOCS_MAX);
	struct span rest, line;

	(void)state;
	read_docs(&docs);
	add_rows(&w, &config_schema, "", 0);
	rest = buf_span(&docs);
	while (span_cut(&rest, '\n', &line)) {
		if (!span_starts(line, SPAN("| `")))
			continue;
		if (!memmem(w.rows.ptr, w.rows.len, line.ptr, line.len))
			fail_msg("docs/config.md has a row that no table has:\n%.*s",
			         SPAN_ARG(line));
	}
	buf_clear(&docs);
	buf_clear(&w.rows);
}

static void
the_example_can_be_used(void **state)
{
	const char *srcdir = getenv("srcdir");
	struct complaints *why = complaints_new();
	struct buf said = BUF_INIT(DOCS_MAX);
	struct config *config;
	char path[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s/packaging/countersign.example.yaml",
	         srcdir ? srcdir : ".");
	config = config_load(path, why);
	complaints_text(why, &said);
	if (!config || said.len)
		fail_msg("%s", buf_cstr(&said));
	config_unref(&config);
	complaints_free(why);
	buf_clear(&said);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_has_its_row),
		cmocka_unit_test(no_row_tells_of_a_key_that_is_not_there),
		cmocka_unit_test(the_example_can_be_used),
	};
	struct walk w = {.rows = BUF_INIT(DOCS_MAX)};

	if (argc < 2 || strcmp(argv[1], "--print") != 0)
		return cmocka_run_group_tests(tests, NULL, NULL);
	add_rows(&w, &config_schema, "", 0);
	fputs(buf_cstr(&w.rows), stdout);
	buf_clear(&w.rows);
	return 0;
}
