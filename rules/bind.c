/* What of a request people sign. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/bind.h"

#include "lib/base/buf.h"

static const char *const prefixes[] = {
	[PART_PATH] = "path",
	[PART_QUERY] = "query",
	[PART_QUERY_NAME] = "query:",
	[PART_HEADER] = "header:",
	[PART_BODY] = "body",
	[PART_BODY_POINTER] = "body:",
};

void
bind_part_text(const struct bind_part *part, struct buf *to)
{
	buf_addf(to, "%s", prefixes[part->kind]);
	buf_add(to, part->name);
}

static int
compare(const struct bind_part *a, const struct bind_part *b)
{
	return a->kind == b->kind ? span_cmp(a->name, b->name) : (a->kind > b->kind ? 1 : -1);
}

/* Whether who has `whole` has `part`: they are equal, or it is below it. */
static bool
covers(const struct bind_part *whole, const struct bind_part *part)
{
	if (whole->kind == PART_QUERY)
		return part->kind == PART_QUERY || part->kind == PART_QUERY_NAME;
	if (whole->kind == PART_BODY)
		return part->kind == PART_BODY || part->kind == PART_BODY_POINTER;
	if (whole->kind != part->kind)
		return false;
	if (whole->kind != PART_BODY_POINTER || whole->name.len >= part->name.len)
		return span_eq(whole->name, part->name);
	return span_starts(part->name, whole->name) && part->name.ptr[whole->name.len] == '/';
}

/* Whether some part of `b` covers this one, or, `either`, is covered by it. */
static bool
is_covered(const struct bind *b, const struct bind_part *part, bool either)
{
	for (size_t i = 0; i < b->count; i++) {
		if (covers(b->parts[i], part) || (either && covers(part, b->parts[i])))
			return true;
	}
	return false;
}

static bool
add(struct bind *b, const struct bind_part *part)
{
	size_t kept = 0;

	if (is_covered(b, part, false))
		return true;
	for (size_t i = 0; i < b->count; i++) {
		if (!covers(part, b->parts[i]))
			b->parts[kept++] = b->parts[i];
	}
	b->count = kept;
	if (b->count == BIND_PARTS_MAX)
		return false;
	while (kept && compare(b->parts[kept - 1], part) > 0) {
		b->parts[kept] = b->parts[kept - 1];
		kept--;
	}
	b->parts[kept] = part;
	b->count++;
	return true;
}

void
bind_settle(struct bind *b)
{
	struct bind settled = {.mode = b->mode};

	for (size_t i = 0; i < b->count; i++) {
		/* Never full: they all fit before. */
		if (!add(&settled, b->parts[i]))
			return;
	}
	*b = settled;
}

/* Who leaves nothing out wants everything. */
static void
settle_mode(struct bind *except)
{
	if (except->count == 0)
		except->mode = BIND_EXACT;
}

/* What both leave out: of each the parts that the other leaves out too. */
static bool
intersect(struct bind *all, const struct bind *more)
{
	struct bind both = {.mode = BIND_EXACT_EXCEPT};

	for (size_t i = 0; i < all->count; i++) {
		if (is_covered(more, all->parts[i], false) && !add(&both, all->parts[i]))
			return false;
	}
	for (size_t i = 0; i < more->count; i++) {
		if (is_covered(all, more->parts[i], false) && !add(&both, more->parts[i]))
			return false;
	}
	settle_mode(&both);
	*all = both;
	return true;
}

/* An exception goes whole when a list names it, a part of it, or what it is a part of. */
static struct bind
subtract(const struct bind *except, const struct bind *list)
{
	struct bind rest = {.mode = BIND_EXACT_EXCEPT};

	for (size_t i = 0; i < except->count; i++) {
		if (!is_covered(list, except->parts[i], true))
			rest.parts[rest.count++] = except->parts[i];
	}
	settle_mode(&rest);
	return rest;
}

bool
bind_unite(struct bind *all, const struct bind *more)
{
	if (all->mode == BIND_EXACT)
		return true;
	if (more->mode == BIND_EXACT) {
		*all = *more;
		return true;
	}
	if (all->mode == BIND_EXACT_EXCEPT && more->mode == BIND_EXACT_EXCEPT)
		return intersect(all, more);
	if (all->mode == BIND_EXACT_EXCEPT) {
		*all = subtract(all, more);
		return true;
	}
	if (more->mode == BIND_EXACT_EXCEPT) {
		*all = subtract(more, all);
		return true;
	}
	for (size_t i = 0; i < more->count; i++) {
		if (!add(all, more->parts[i]))
			return false;
	}
	return true;
}
