/* One pass over a document, strictly, without recursion. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/json_scan.h"

#include "lib/base/decimal.h"
#include "lib/base/json_facts.h"
#include "lib/base/json_names.h"
#include "lib/base/json_string.h"

/* A container that is open. */
struct level {
	const char *start;
	uint32_t node; /* of the pointer set, or POINTER_NODE_NONE */
	bool is_object;
	size_t index; /* of an array's next element */
	struct json_object names;
};

/* Of a pointer set's nodes: what a handful of rules need is on the stack. */
enum { HITS_FIRST = 16 };

struct scan {
	const char *at, *end;
	const struct pointer_set *set;
	struct json_hit *hits;
	struct arena *arena;
	uint32_t node; /* of the value to come */
	unsigned depth, nodes;
	struct level levels[JSON_DEPTH_MAX];
	struct json_names names;
	struct json_hit first[HITS_FIRST];
};

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

static inline void
skip_blanks(struct scan *s)
{
	const char *at = s->at;

	/* Most documents are written without any. */
	if (LIKELY(at < s->end && (unsigned char)*at > ' '))
		return;
	while (at < s->end && is_blank(*at))
		at++;
	s->at = at;
}

/* Past `byte`, which must be next. */
static inline bool
take(struct scan *s, char byte)
{
	if (s->at == s->end || *s->at != byte)
		return false;
	s->at++;
	return true;
}

/* For something else than what is expected here. */
static enum json_flaw
unexpected(const struct scan *s)
{
	return s->at == s->end ? JSON_FLAW_SHORT : JSON_FLAW_SYNTAX;
}

/* The value to come stands at `node`. */
static void
expect_at(struct scan *s, uint32_t node, struct span name)
{
	struct json_hit *hit;

	s->node = node;
	if (node == POINTER_NODE_NONE)
		return;
	hit = &s->hits[node];
	/* Whatever stands at or below a conflict is one. */
	hit->is_conflict = hit->is_there;
	hit->is_there = true;
	hit->name = name;
}

static enum json_flaw
read_name(struct scan *s, struct level *level)
{
	const char *start = s->at;
	struct json_string string;
	enum json_flaw flaw;

	if (!take(s, '"'))
		return unexpected(s);
	flaw = json_string_read(&s->at, s->end, &string);
	if (flaw)
		return flaw;
	if (string.has_escape)
		string.inside = json_string_decode(string.inside, s->arena);
	if (!json_names_add(&s->names, &level->names, string.inside)) {
		s->at = start;
		return JSON_FLAW_DUPLICATE;
	}
	if (level->node != POINTER_NODE_NONE)
		expect_at(s, pointer_set_member(s->set, level->node, string.inside), string.inside);
	skip_blanks(s);
	if (!take(s, ':'))
		return unexpected(s);
	skip_blanks(s);
	return JSON_FLAW_NONE;
}

/* What stands before a value: of a member its name. */
static enum json_flaw
next_value(struct scan *s)
{
	struct level *level = &s->levels[s->depth - 1];

	s->node = POINTER_NODE_NONE;
	skip_blanks(s);
	if (level->is_object)
		return read_name(s, level);
	if (level->node != POINTER_NODE_NONE)
		expect_at(s, pointer_set_element(s->set, level->node, level->index++), SPAN_NONE);
	return JSON_FLAW_NONE;
}

static void
note(struct scan *s, uint32_t node, enum json_kind kind, const char *start)
{
	if (node == POINTER_NODE_NONE)
		return;
	s->hits[node].kind = kind;
	s->hits[node].raw = span_of(start, (size_t)(s->at - start));
}

/* Of `len` bytes, whose first is there. */
static enum json_flaw
read_word(struct scan *s, const char last_four[4], size_t len, enum json_kind kind)
{
	const char *start = s->at;

	if ((size_t)(s->end - start) < len || memcmp(start + len - 4, last_four, 4) != 0)
		return JSON_FLAW_SYNTAX;
	s->at += len;
	note(s, s->node, kind, start);
	return JSON_FLAW_NONE;
}

static enum json_flaw
read_string(struct scan *s)
{
	const char *start = s->at++;
	struct json_string string;
	enum json_flaw flaw = json_string_read(&s->at, s->end, &string);

	if (!flaw)
		note(s, s->node, JSON_STRING_VALUE, start);
	return flaw;
}

static enum json_flaw
read_number(struct scan *s)
{
	const char *start = s->at;
	bool is_beyond;
	size_t len = decimal_length(span_of(s->at, (size_t)(s->end - s->at)), &is_beyond);

	if (len == 0)
		return JSON_FLAW_SYNTAX;
	if (is_beyond)
		return JSON_FLAW_NUMBER;
	s->at += len;
	note(s, s->node, JSON_NUMBER_VALUE, start);
	return JSON_FLAW_NONE;
}

static enum json_flaw
open_level(struct scan *s, bool is_object)
{
	struct level *level = &s->levels[s->depth];

	if (s->depth == JSON_DEPTH_MAX)
		return JSON_FLAW_DEPTH;
	level->start = s->at++;
	level->node = s->node;
	level->is_object = is_object;
	level->index = 0;
	if (is_object)
		json_names_open(&s->names, &level->names);
	s->depth++;
	return JSON_FLAW_NONE;
}

static enum json_flaw
close_level(struct scan *s)
{
	const struct level *level = &s->levels[--s->depth];

	s->at++;
	if (level->is_object && !json_names_close(&s->names, &level->names))
		return JSON_FLAW_DUPLICATE;
	note(s, level->node, level->is_object ? JSON_OBJECT_VALUE : JSON_ARRAY_VALUE,
	     level->start);
	return JSON_FLAW_NONE;
}

/* A scalar whole, a container's first byte. */
static enum json_flaw
read_value(struct scan *s)
{
	if (s->at == s->end)
		return JSON_FLAW_SHORT;
	if (++s->nodes > JSON_NODES_MAX)
		return JSON_FLAW_NODES;
	switch (*s->at) {
	case '"':
		return read_string(s);
	case '{':
		return open_level(s, true);
	case '[':
		return open_level(s, false);
	case 't':
		return read_word(s, "true", 4, JSON_TRUE_VALUE);
	case 'f':
		return read_word(s, "alse", 5, JSON_FALSE_VALUE);
	case 'n':
		return read_word(s, "null", 4, JSON_NULL_VALUE);
	default:
		return read_number(s);
	}
}

static bool
is_closing(const struct scan *s)
{
	char closing = s->levels[s->depth - 1].is_object ? '}' : ']';

	return s->at < s->end && *s->at == closing;
}

/* After a value: closes what ends here, and goes to the value that comes next, if any. */
static enum json_flaw
end_value(struct scan *s)
{
	enum json_flaw flaw = JSON_FLAW_NONE;

	while (s->depth && !flaw) {
		skip_blanks(s);
		if (take(s, ','))
			return next_value(s);
		flaw = is_closing(s) ? close_level(s) : unexpected(s);
	}
	return flaw;
}

static enum json_flaw
read_values(struct scan *s)
{
	enum json_flaw flaw;

	do {
		unsigned depth = s->depth;

		flaw = read_value(s);
		if (flaw)
			return flaw;
		if (s->depth > depth) {
			skip_blanks(s);
			flaw = is_closing(s) ? close_level(s) : next_value(s);
			if (flaw || s->depth > depth)
				continue;
		}
		flaw = end_value(s);
	} while (s->depth && !flaw);
	return flaw;
}

static enum json_flaw
read_document(struct scan *s)
{
	enum json_flaw flaw;

	if (span_starts(span_of(s->at, (size_t)(s->end - s->at)), SPAN("\xef\xbb\xbf")))
		return JSON_FLAW_BOM;
	skip_blanks(s);
	if (s->at == s->end)
		return JSON_FLAW_EMPTY;
	flaw = read_values(s);
	if (flaw)
		return flaw;
	skip_blanks(s);
	return s->at == s->end ? JSON_FLAW_NONE : JSON_FLAW_MORE;
}

static void
prepare(struct scan *s, struct span document, struct arena *arena)
{
	/* Not the whole struct: its stacks are large, and seldom used far up. */
	s->at = document.ptr;
	s->end = document.ptr + document.len;
	s->set = NULL;
	s->hits = NULL;
	s->arena = arena;
	s->node = POINTER_NODE_NONE;
	s->depth = s->nodes = 0;
	json_names_init(&s->names, arena);
}

static void
look_for(struct scan *s, const struct pointer_set *set)
{
	size_t size = pointer_set_node_count(set) * sizeof(*s->hits);

	s->set = set;
	if (size <= sizeof(s->first))
		s->hits = memset(s->first, 0, size);
	else
		s->hits = arena_new(s->arena, size);
	expect_at(s, POINTER_NODE_ROOT, SPAN_NONE);
}

enum json_flaw
json_scan(struct span document, const struct pointer_set *set, struct json_fact *facts,
          struct arena *arena)
{
	struct scan s;
	enum json_flaw flaw;

	if (document.len == 0)
		return JSON_FLAW_EMPTY;
	prepare(&s, document, arena);
	if (set && pointer_set_count(set))
		look_for(&s, set);
	flaw = read_document(&s);
	if (!flaw && s.hits)
		json_facts_tell(set, s.hits, facts, arena);
	return flaw;
}

enum json_flaw
json_check(struct span document, size_t *ret_at)
{
	struct arena arena = {0};
	struct scan s;
	enum json_flaw flaw;

	*ret_at = 0;
	if (document.len == 0)
		return JSON_FLAW_EMPTY;
	prepare(&s, document, &arena);
	flaw = read_document(&s);
	*ret_at = (size_t)(s.at - document.ptr);
	arena_clear(&arena);
	return flaw;
}

const char *
json_flaw_sentence(enum json_flaw flaw)
{
	static const char *const sentences[JSON_FLAW_COUNT] = {
		[JSON_FLAW_NONE] = "nothing is wrong",
		[JSON_FLAW_EMPTY] = "there is no value",
		[JSON_FLAW_SYNTAX] = "this may not stand here",
		[JSON_FLAW_SHORT] = "the document ends within a value",
		[JSON_FLAW_MORE] = "something follows the value",
		[JSON_FLAW_BOM] = "the document begins with a byte order mark",
		[JSON_FLAW_UTF8] = "a string is not UTF-8",
		[JSON_FLAW_CONTROL] = "a string holds a control character",
		[JSON_FLAW_ESCAPE] = "a string holds a malformed escape",
		[JSON_FLAW_SURROGATE] = "a string holds half a surrogate pair",
		[JSON_FLAW_NUL] = "a string holds U+0000",
		[JSON_FLAW_NUMBER] = "a number has too many digits, or too large an exponent",
		[JSON_FLAW_DUPLICATE] = "an object names a member twice",
		[JSON_FLAW_DEPTH] = "values are nested too deep",
		[JSON_FLAW_NODES] = "there are too many values",
	};

	return sentences[flaw];
}
