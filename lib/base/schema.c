/* Reads maps into structs by tables of keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/schema.h"

#include <assert.h>

#include "lib/base/nearest.h"

enum { WORDS_TEXT_MAX = 300 };

static const struct key *
find_in(const struct key *keys, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++) {
		if (span_eq(span_cstr(keys[i].name), name))
			return &keys[i];
	}
	return NULL;
}

const struct key *
schema_find(const struct schema *s, struct span name)
{
	return find_in(s->keys, s->key_count, name);
}

static const struct word *
find_word(const struct word *words, struct span name)
{
	for (; words->name; words++) {
		if (span_eq(span_cstr(words->name), name))
			return words;
	}
	return NULL;
}

/* Tables are part of the program: a default that does not read is a bug in them. */
static void
set_default(struct reader *r, const struct key *key, void *to)
{
	struct span text = span_cstr(key->fallback);
	const struct word *word;
	bool is_read = true;

	switch (key->type) {
	case KEY_BOOL:
		*(bool *)to = span_eq(text, SPAN("true"));
		break;
	case KEY_INTEGER:
		is_read = span_to_u64(text, INT64_MAX, to);
		break;
	case KEY_DURATION:
		is_read = duration_read(text, to);
		break;
	case KEY_SIZE:
		is_read = size_read(text, to);
		break;
	case KEY_STRING:
		*(struct span *)to = arena_copy(r->arena, text);
		break;
	case KEY_WORD:
		word = find_word(key->words, text);
		assert(word);
		*(int *)to = word->value;
		break;
	case KEY_STRINGS:
	case KEY_OBJECT:
	case KEY_OBJECTS:
	case KEY_NODE:
	case KEY_CUSTOM:
		break;
	}
	assert(is_read);
}

void
schema_defaults(struct reader *r, const struct schema *s, void *object)
{
	for (size_t i = 0; i < s->key_count; i++) {
		const struct key *key = &s->keys[i];
		void *to = (char *)object + key->offset;

		if (key->is_later)
			continue;
		if (key->type == KEY_OBJECT)
			schema_defaults(r, key->object, to);
		else if (key->fallback)
			set_default(r, key, to);
	}
}

static void
read_word(struct reader *r, const struct key *key, const struct node *n, int *ret)
{
	struct buf expected = BUF_INIT(WORDS_TEXT_MAX);
	struct nearest nearest = nearest_to(n->text);
	const struct word *found = NULL;

	if (!node_is_kind(n, NODE_SCALAR, r->why))
		return;
	for (const struct word *w = key->words; w->name; w++) {
		if (w != key->words)
			buf_addf(&expected, w[1].name ? ", " : " or ");
		buf_add(&expected, span_cstr(w->name));
		nearest_try(&nearest, w->name);
	}
	found = find_word(key->words, n->text);
	if (found)
		*ret = found->value;
	else if (node_is_nothing(n))
		complain(r->why, n, buf_cstr(&expected), "there is no value");
	else
		complain_word(r->why, n, buf_cstr(&expected), nearest.best);
	buf_clear(&expected);
}

static void
read_string(struct reader *r, const struct node *n, struct span *ret)
{
	struct span text;

	if (node_string(n, r->why, &text))
		*ret = arena_copy(r->arena, text);
}

void
schema_read_strings(struct reader *r, const struct node *n, struct strings *ret)
{
	size_t count = n->kind == NODE_LIST ? n->count : 1;
	struct span *at = arena_new(r->arena, count * sizeof(*at));

	if (n->kind == NODE_LIST) {
		NODE_EACH (n, item)
			read_string(r, item, &at[item->index]);
	} else if (n->kind == NODE_MAP || node_is_nothing(n)) {
		if (!node_is_kind(n, NODE_LIST, r->why))
			return;
	} else {
		read_string(r, n, at);
	}
	*ret = (struct strings){at, count};
}

static void
read_objects(struct reader *r, const struct schema *s, const struct node *n,
             struct objects *ret)
{
	char *at;

	if (!node_is_kind(n, NODE_LIST, r->why))
		return;
	at = arena_new(r->arena, n->count * s->size);
	NODE_EACH (n, item) {
		void *object = at + item->index * s->size;

		schema_defaults(r, s, object);
		schema_read(r, s, item, object);
	}
	*ret = (struct objects){at, n->count};
}

void
schema_read_value(struct reader *r, const struct key *key, const struct node *n, void *to)
{
	switch (key->type) {
	case KEY_BOOL:
		(void)!node_bool(n, r->why, to);
		break;
	case KEY_INTEGER:
		(void)!node_integer(n, key->bounds, r->why, to);
		break;
	case KEY_DURATION:
		(void)!node_duration(n, key->bounds, r->why, to);
		break;
	case KEY_SIZE:
		(void)!node_size(n, key->bounds, r->why, to);
		break;
	case KEY_STRING:
		read_string(r, n, to);
		break;
	case KEY_WORD:
		read_word(r, key, n, to);
		break;
	case KEY_STRINGS:
		schema_read_strings(r, n, to);
		break;
	case KEY_OBJECT:
		schema_read(r, key->object, n, to);
		break;
	case KEY_OBJECTS:
		read_objects(r, key->object, n, to);
		break;
	case KEY_NODE:
		*(const struct node **)to = n;
		break;
	case KEY_CUSTOM:
		key->read(r, n, to);
		break;
	}
}

static void
complain_unknown(struct reader *r, const struct schema *s, const struct node *member)
{
	struct nearest nearest = nearest_to(member->key);

	if (find_in(s->elsewhere, s->elsewhere_count, member->key)) {
		complain_key(r->why, member, NULL, "%s", s->elsewhere_says);
		return;
	}
	for (size_t i = 0; i < s->key_count; i++) {
		if (!s->keys[i].is_later)
			nearest_try(&nearest, s->keys[i].name);
	}
	complain_key(r->why, member, nearest.best, "unknown key in %s", s->name);
}

static void
read_member(struct reader *r, const struct schema *s, const struct node *member,
            void *object)
{
	const struct key *key = schema_find(s, member->key);

	if (!key)
		complain_unknown(r, s, member);
	else if (key->is_later)
		complain_key(r->why, member, NULL, "not supported yet");
	else
		schema_read_value(r, key, member, (char *)object + key->offset);
}

void
schema_read(struct reader *r, const struct schema *s, const struct node *n, void *object)
{
	if (!node_is_kind(n, NODE_MAP, r->why))
		return;
	NODE_EACH (n, member)
		read_member(r, s, member, object);
	for (size_t i = 0; i < s->key_count; i++) {
		if (s->keys[i].is_required && !node_find(n, span_cstr(s->keys[i].name)))
			complain(r->why, n, NULL, "%s needs the key \"%s\"", s->name,
			         s->keys[i].name);
	}
	if (s->check)
		s->check(r, n, object);
}
