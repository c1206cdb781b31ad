/* Everything that is wrong with the files people wrote, collected in one run. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/complaint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/emit.h"
#include "lib/base/excerpt.h"
#include "lib/base/memory.h"

enum {
	COMPLAINTS_MAX = 100, /* more help nobody, and a broken file could make millions */
	WARNINGS_MAX = 50,    /* so that they never crowd out the errors */
	WORD_SHOWN = 60,
};

struct complaint {
	bool is_warning;
	size_t order;        /* of arrival */
	size_t file_order;   /* of the first complaint about the same file */
	struct span file;
	struct mark mark;    /* line 0: about the file as a whole */
	struct span path;
	struct span text;
	struct span expected;
	struct span nearest;
	struct excerpt excerpt;
};

struct complaints {
	struct arena arena;
	struct complaint list[COMPLAINTS_MAX];
	size_t count;
	size_t errors;
	size_t warnings;
};

struct complaints *
complaints_new(void)
{
	return memory_new(sizeof(struct complaints));
}

void
complaints_free(struct complaints *all)
{
	if (!all)
		return;
	arena_clear(&all->arena);
	free(all);
}

size_t
complaints_errors(const struct complaints *all)
{
	return all->errors;
}

size_t
complaints_warnings(const struct complaints *all)
{
	return all->warnings;
}

static size_t
file_order(const struct complaints *all, struct span file)
{
	for (size_t i = 0; i + 1 < all->count; i++) {
		if (span_eq(all->list[i].file, file))
			return all->list[i].file_order;
	}
	return all->count;
}

/* Counts one, and makes room for it; NULL when the list is full. */
static struct complaint *
enter(struct complaints *all, bool is_warning, const char *file)
{
	struct complaint *c;

	if (is_warning)
		all->warnings++;
	else
		all->errors++;
	if (all->count == COMPLAINTS_MAX || (is_warning && all->warnings > WARNINGS_MAX))
		return NULL;
	c = &all->list[all->count++];
	c->is_warning = is_warning;
	c->order = all->count;
	c->file = text_visible(span_cstr(file), &all->arena);
	c->file_order = file_order(all, c->file);
	return c;
}

__attribute__((format(printf, 3, 0))) static void
set_text(struct complaints *all, struct complaint *c, const char *format, va_list args)
{
	char text[TEXT_VISIBLE_MAX];

	vsnprintf(text, sizeof(text), format, args);
	c->text = text_visible(span_cstr(text), &all->arena);
}

static void
set_place(struct complaints *all, struct complaint *c, const struct manuscript *manuscript,
          struct mark mark)
{
	c->mark = mark;
	c->excerpt = excerpt_of(manuscript, mark, &all->arena);
}

static void
set_path(struct complaints *all, struct complaint *c, const struct node *at)
{
	struct buf path = BUF_INIT(TEXT_VISIBLE_MAX);

	node_path(at, &path);
	c->path = text_visible(buf_span(&path), &all->arena);
	buf_clear(&path);
}

/* Everything but the text. */
static struct complaint *
enter_at(struct complaints *all, bool is_warning, const struct node *at, struct mark mark)
{
	struct complaint *c = enter(all, is_warning, manuscript_name(at->manuscript));

	if (!c)
		return NULL;
	set_place(all, c, at->manuscript, mark);
	set_path(all, c, at);
	return c;
}

void
complain(struct complaints *all, const struct node *at, const char *expected,
         const char *format, ...)
{
	struct complaint *c = enter_at(all, false, at, at->mark);
	va_list args;

	if (!c)
		return;
	va_start(args, format);
	set_text(all, c, format, args);
	va_end(args);
	c->expected = text_visible(span_cstr(expected), &all->arena);
}

/* Escapes and folded lines move bytes: only a text that stands in its line as it is can be
 * pointed into. */
static struct mark
mark_within(const struct node *at, size_t offset)
{
	struct span line = manuscript_line(at->manuscript, at->mark.line);
	size_t start = text_skip_points(line, at->mark.column - 1);
	struct mark mark = at->mark;
	size_t points = 0;

	line = span_from(line, start);
	if (at->is_quoted && line.len)
		line = span_from(line, 1);
	if (offset > at->text.len || !span_starts(line, at->text))
		return mark;
	while (text_skip_points(at->text, points) < offset)
		points++;
	mark.column += (uint32_t)(points + (at->is_quoted ? 1 : 0));
	return mark;
}

void
complain_within(struct complaints *all, const struct node *at, size_t offset,
                const char *format, ...)
{
	struct complaint *c = enter_at(all, false, at, mark_within(at, offset));
	va_list args;

	if (!c)
		return;
	va_start(args, format);
	set_text(all, c, format, args);
	va_end(args);
}

void
complain_key(struct complaints *all, const struct node *at, const char *nearest,
             const char *format, ...)
{
	struct complaint *c = enter_at(all, false, at, at->key_mark);
	va_list args;

	if (!c)
		return;
	va_start(args, format);
	set_text(all, c, format, args);
	va_end(args);
	c->nearest = text_visible(span_cstr(nearest), &all->arena);
}

void
complain_word(struct complaints *all, const struct node *at, const char *expected,
              const char *nearest)
{
	size_t seen = all->count;

	complain(all, at, expected, "\"%.*s\" is not known here",
	         at->text.len > WORD_SHOWN ? WORD_SHOWN : (int)at->text.len, at->text.ptr);
	if (all->count > seen)
		all->list[seen].nearest = text_visible(span_cstr(nearest), &all->arena);
}

void
complain_mark(struct complaints *all, const struct manuscript *manuscript, struct mark mark,
              const char *format, ...)
{
	struct complaint *c = enter(all, false, manuscript_name(manuscript));
	va_list args;

	if (!c)
		return;
	set_place(all, c, manuscript, mark);
	va_start(args, format);
	set_text(all, c, format, args);
	va_end(args);
}

void
complain_file(struct complaints *all, const char *file, const char *format, ...)
{
	struct complaint *c = enter(all, false, file);
	va_list args;

	if (!c)
		return;
	va_start(args, format);
	set_text(all, c, format, args);
	va_end(args);
}

void
complain_warning(struct complaints *all, const struct node *at, const char *format, ...)
{
	struct complaint *c = enter_at(all, true, at, at->mark);
	va_list args;

	if (!c)
		return;
	va_start(args, format);
	set_text(all, c, format, args);
	va_end(args);
}

static int
compare(const void *left, const void *right)
{
	const struct complaint *a = left, *b = right;

	if (a->file_order != b->file_order)
		return a->file_order < b->file_order ? -1 : 1;
	if (a->mark.line != b->mark.line)
		return a->mark.line < b->mark.line ? -1 : 1;
	if (a->mark.column != b->mark.column)
		return a->mark.column < b->mark.column ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static void
add_text(struct buf *to, const struct complaint *c)
{
	buf_add(to, c->file);
	if (c->mark.line)
		buf_addf(to, ":%u:%u", c->mark.line, c->mark.column);
	buf_addf(to, ": %s: ", c->is_warning ? "warning" : "error");
	if (c->path.len)
		buf_addf(to, "%.*s: ", SPAN_ARG(c->path));
	buf_add(to, c->text);
	if (c->expected.len)
		buf_addf(to, "; expected %.*s", SPAN_ARG(c->expected));
	if (c->nearest.len)
		buf_addf(to, "; did you mean \"%.*s\"?", SPAN_ARG(c->nearest));
	buf_addc(to, '\n');
	if (c->mark.line)
		buf_addf(to, "%6u | %.*s\n       | %*s^\n", c->mark.line,
		         SPAN_ARG(c->excerpt.text), (int)c->excerpt.caret, "");
}

void
complaints_text(struct complaints *all, struct buf *to)
{
	size_t left = all->errors + all->warnings - all->count;

	qsort(all->list, all->count, sizeof(all->list[0]), compare);
	for (size_t i = 0; i < all->count; i++)
		add_text(to, &all->list[i]);
	if (left)
		buf_addf(to, "and %zu more\n", left);
}

static void
emit_unless_empty(struct emit *e, const char *key, struct span value)
{
	if (value.len)
		emit_member(e, key, value);
}

void
complaints_json(struct complaints *all, struct buf *to)
{
	struct emit e = EMIT_INTO(to);

	qsort(all->list, all->count, sizeof(all->list[0]), compare);
	emit_array(&e);
	for (size_t i = 0; i < all->count; i++) {
		const struct complaint *c = &all->list[i];

		emit_object(&e);
		emit_member_cstr(&e, "level", c->is_warning ? "warning" : "error");
		emit_member(&e, "file", c->file);
		if (c->mark.line) {
			emit_member_u64(&e, "line", c->mark.line);
			emit_member_u64(&e, "column", c->mark.column);
		}
		emit_unless_empty(&e, "path", c->path);
		emit_member(&e, "message", c->text);
		emit_unless_empty(&e, "expected", c->expected);
		emit_unless_empty(&e, "nearest", c->nearest);
		emit_object_end(&e);
	}
	emit_array_end(&e);
}
