/* Local time in a zone of the IANA database (RFC 8536). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/zone.h"

#include <stdio.h>

#include "lib/base/buf.h"
#include "lib/base/zone_rule.h"

enum { FILE_MAX = 64 * 1024, NAME_MAX_LEN = 64, HEADER_LEN = 44, TYPE_LEN = 6 };

struct zone {
	size_t count;         /* of changes */
	const int64_t *times; /* of each, ascending */
	const int32_t *offsets; /* seconds east of UTC before the first change, and after each */
	bool has_rule;        /* how changes go on after the last */
	struct zone_rule rule;
};

/* The counts of a header, in its order. */
struct counts {
	uint64_t is_ut, is_standard, leaps, times, types, characters;
};

static uint64_t
big_end(const char *at, size_t len)
{
	uint64_t number = 0;

	for (size_t i = 0; i < len; i++)
		number = number << 8 | (unsigned char)at[i];
	return number;
}

static bool
take_header(struct span *rest, struct counts *ret)
{
	const char *at = rest->ptr + 20;

	if (rest->len < HEADER_LEN || !span_starts(*rest, SPAN("TZif")) || rest->ptr[4] < '2')
		return false;
	*ret = (struct counts){big_end(at, 4), big_end(at + 4, 4), big_end(at + 8, 4),
	                       big_end(at + 12, 4), big_end(at + 16, 4), big_end(at + 20, 4)};
	*rest = span_from(*rest, HEADER_LEN);
	return true;
}

static uint64_t
data_len(const struct counts *c, size_t time_len)
{
	return c->times * (time_len + 1) + c->types * TYPE_LEN + c->characters +
	       c->leaps * (time_len + 4) + c->is_standard + c->is_ut;
}

/* False when a change is of a type that does not exist, or the changes are out of order. */
static bool
fill(struct zone *z, const struct counts *c, const char *data, struct arena *arena)
{
	int64_t *times = arena_new(arena, c->times * sizeof(*times));
	int32_t *offsets = arena_new(arena, (c->times + 1) * sizeof(*offsets));
	const char *indices = data + c->times * 8, *types = indices + c->times;

	offsets[0] = (int32_t)big_end(types, 4);
	for (size_t i = 0; i < c->times; i++) {
		unsigned type = (unsigned char)indices[i];

		times[i] = (int64_t)big_end(data + i * 8, 8);
		if (type >= c->types || (i && times[i] <= times[i - 1]))
			return false;
		offsets[i + 1] = (int32_t)big_end(types + (size_t)type * TYPE_LEN, 4);
	}
	z->count = c->times;
	z->times = times;
	z->offsets = offsets;
	return true;
}

/* A line feed, the rule or nothing, a line feed. */
static bool
read_footer(struct zone *z, struct span footer)
{
	if (footer.len < 2 || footer.ptr[0] != '\n' || footer.ptr[footer.len - 1] != '\n')
		return false;
	footer = span_of(footer.ptr + 1, footer.len - 2);
	z->has_rule = footer.len;
	return footer.len == 0 || zone_rule_read(footer, &z->rule);
}

enum zone_flaw
zone_read(struct span file, struct arena *arena, const struct zone **ret)
{
	struct zone *z = arena_new(arena, sizeof(*z));
	struct counts c;

	/* The first block has times of 32 bits, for readers of old. */
	if (!take_header(&file, &c) || data_len(&c, 4) > file.len)
		return ZONE_BROKEN;
	file = span_from(file, data_len(&c, 4));
	/* With leap seconds counted, its times are not ours. */
	if (!take_header(&file, &c) || data_len(&c, 8) > file.len || c.types == 0 || c.leaps)
		return ZONE_BROKEN;
	if (!fill(z, &c, file.ptr, arena) ||
	    !read_footer(z, span_from(file, data_len(&c, 8))))
		return ZONE_BROKEN;
	*ret = z;
	return ZONE_GOOD;
}

/* Names become paths, and "../../etc/passwd" is none of a zone. */
static bool
name_is_good(struct span name)
{
	struct span rest = name, part;

	if (name.len == 0 || name.len > NAME_MAX_LEN || name.ptr[name.len - 1] == '/')
		return false;
	while (span_cut(&rest, '/', &part)) {
		if (part.len == 0)
			return false;
		for (size_t i = 0; i < part.len; i++) {
			if (!ascii_is_alpha(part.ptr[i]) && !ascii_is_digit(part.ptr[i]) &&
			    (!part.ptr[i] || !strchr("_+-", part.ptr[i])))
				return false;
		}
	}
	return true;
}

static enum zone_flaw
load_file(const char *path, struct arena *arena, const struct zone **ret)
{
	FILE *file = fopen(path, "rbe");
	struct buf bytes = BUF_INIT(FILE_MAX);
	enum zone_flaw flaw = ZONE_BROKEN;
	char part[4096];
	size_t len;

	if (!file)
		return ZONE_UNKNOWN;
	while ((len = fread(part, 1, sizeof(part), file)) > 0)
		buf_add(&bytes, span_of(part, len));
	if (!ferror(file) && buf_span(&bytes).len < FILE_MAX)
		flaw = zone_read(buf_span(&bytes), arena, ret);
	fclose(file);
	buf_clear(&bytes);
	return flaw;
}

enum zone_flaw
zone_load(const char *folder, struct span name, struct arena *arena, const struct zone **ret)
{
	static const int32_t utc_offset;
	static const struct zone utc = {.offsets = &utc_offset, .has_rule = true};
	struct buf path = BUF_INIT(4096);
	enum zone_flaw flaw;

	if (span_eq(name, SPAN("UTC"))) {
		*ret = &utc;
		return ZONE_GOOD;
	}
	if (!name_is_good(name))
		return ZONE_NAME;
	buf_addf(&path, "%s/%.*s", folder, SPAN_ARG(name));
	flaw = load_file(buf_cstr(&path), arena, ret);
	buf_clear(&path);
	return flaw;
}

/* How many changes lie at the moment or before it. */
static size_t
changes_until(const struct zone *z, int64_t seconds)
{
	size_t low = 0, high = z->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->times[middle] <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
offset_at(const struct zone *z, int64_t seconds, int64_t *ret)
{
	size_t past = changes_until(z, seconds);
	bool is_last = past == z->count;

	if (is_last && z->has_rule)
		*ret = zone_rule_offset(&z->rule, seconds);
	else if (is_last && z->count && seconds > z->times[z->count - 1])
		return false;
	else
		*ret = z->offsets[past];
	return true;
}

bool
zone_tell(const struct zone *z, struct wall at, struct zone_time *ret)
{
	int64_t seconds = at.us / SECOND_US - (at.us % SECOND_US < 0), offset, day;

	if (!offset_at(z, seconds, &offset))
		return false;
	seconds += offset;
	day = seconds / 86400 - (seconds % 86400 < 0);
	ret->weekday = (int)(((day + 3) % 7 + 7) % 7);
	ret->minute = (int)((seconds - day * 86400) / 60);
	return true;
}
