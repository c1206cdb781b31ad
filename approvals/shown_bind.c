/* What is bound, as people are told it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/shown_bind.h"

enum { PART_TEXT_MAX = 64 * 1024 };

static json_t *
parts_json(const struct bind *bind)
{
	json_t *parts = json_array();

	for (size_t i = 0; i < bind->count; i++) {
		struct buf text = BUF_INIT(PART_TEXT_MAX);

		bind_part_text(bind->parts[i], &text);
		json_array_append_new(parts, sealed_text(buf_span(&text)));
		buf_clear(&text);
	}
	return parts;
}

json_t *
shown_bind_json(const struct bind *bind)
{
	switch (bind->mode) {
	case BIND_EXACT:
		break;
	case BIND_EXACT_EXCEPT:
		return json_pack("{s:o}", "exact_except", parts_json(bind));
	case BIND_PARTS:
		return parts_json(bind);
	}
	return json_string("exact");
}

static bool
read_part(struct bind_part *ret, struct span text)
{
	static const struct {
		struct span word;
		enum bind_part_kind kind;
		bool has_name;
	} kinds[] = {
		{{"path", 4}, PART_PATH, false},          {{"query", 5}, PART_QUERY, false},
		{{"query:", 6}, PART_QUERY_NAME, true},   {{"header:", 7}, PART_HEADER, true},
		{{"body", 4}, PART_BODY, false},          {{"body:", 5}, PART_BODY_POINTER, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct span word = kinds[i].word;

		if (!span_starts(text, word) || (text.len > word.len) != kinds[i].has_name)
			continue;
		*ret = (struct bind_part){.kind = kinds[i].kind, .name = span_from(text, word.len)};
		return true;
	}
	return false;
}

static bool
read_parts(struct bind *ret, const json_t *parts, struct arena *arena)
{
	size_t count = json_array_size(parts);

	if (!json_is_array(parts) || count == 0 || count > BIND_PARTS_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct bind_part *part = arena_new(arena, sizeof(*part));
		struct span text;

		if (!sealed_read_text(json_array_get(parts, i), arena, &text) ||
		    !read_part(part, text))
			return false;
		ret->parts[ret->count++] = part;
	}
	return true;
}

bool
shown_bind_read(const struct bind **ret, const json_t *value, struct arena *arena)
{
	struct bind *bind = arena_new(arena, sizeof(*bind));

	*ret = bind;
	if (json_is_array(value)) {
		bind->mode = BIND_PARTS;
		return read_parts(bind, value, arena);
	}
	if (json_is_object(value)) {
		bind->mode = BIND_EXACT_EXCEPT;
		return json_object_size(value) == 1 &&
		       read_parts(bind, json_object_get(value, "exact_except"), arena);
	}
	bind->mode = BIND_EXACT;
	return json_is_string(value) && strcmp(json_string_value(value), "exact") == 0;
}
