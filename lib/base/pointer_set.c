/* JSON pointers as a tree of folded parts, looked up in one table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/pointer_set.h"

#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/memory.h"
#include "lib/base/word.h"

struct node {
	struct span folded;
	uint32_t parent;
	bool has_elements; /* some child is an index */
	uint64_t children; /* filter_bit() of each */
};

struct pointer {
	struct span text;
	struct pointer_step *steps;
	size_t count;
};

struct pointer_set {
	struct arena arena;
	struct node *nodes;
	struct pointer *pointers;
	uint32_t *table; /* of nodes by parent and part; 0 is free, the root is not in it */
	size_t node_count, node_room, pointer_count, pointer_room, table_size;
};

enum { TABLE_FIRST = 16, DECIMAL_OF_SIZE = 20 };

static void *
grown(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	*room = *room ? *room * 2 : 4;
	return memory_resize(list, *room * size);
}

static uint32_t
add_node(struct pointer_set *set, struct node node)
{
	set->nodes = grown(set->nodes, set->node_count, &set->node_room, sizeof(node));
	set->nodes[set->node_count] = node;
	return (uint32_t)set->node_count++;
}

struct pointer_set *
pointer_set_new(void)
{
	struct pointer_set *set = memory_new(sizeof(*set));

	set->table = memory_new_array(TABLE_FIRST, sizeof(*set->table));
	set->table_size = TABLE_FIRST;
	(void)add_node(set, (struct node){.parent = POINTER_NODE_NONE});
	return set;
}

void
pointer_set_free(struct pointer_set *set)
{
	if (!set)
		return;
	arena_clear(&set->arena);
	free(set->nodes);
	free(set->pointers);
	free(set->table);
	free(set);
}

size_t
pointer_set_count(const struct pointer_set *set)
{
	return set->pointer_count;
}

size_t
pointer_set_node_count(const struct pointer_set *set)
{
	return set->node_count;
}

struct span
pointer_set_text(const struct pointer_set *set, size_t index)
{
	return set->pointers[index].text;
}

const struct pointer_step *
pointer_set_steps(const struct pointer_set *set, size_t index, size_t *ret_count)
{
	*ret_count = set->pointers[index].count;
	return set->pointers[index].steps;
}

/* The folded byte of the character at the front, and how long that character is. */
static char
fold_character(struct span s, size_t *ret_len)
{
	*ret_len = 1;
	if (span_starts(s, SPAN("\xc5\xbf"))) {
		*ret_len = 2;
		return 's';
	}
	if (span_starts(s, SPAN("\xe2\x84\xaa"))) {
		*ret_len = 3;
		return 'k';
	}
	return ascii_lower(s.ptr[0]);
}

/* False when it is longer than any part. */
static bool
fold(struct span name, char to[POINTER_PART_MAX], struct span *ret)
{
	size_t at = 0, len = 0, step;

	while (at < name.len) {
		if (len == POINTER_PART_MAX)
			return false;
		to[len++] = fold_character(span_from(name, at), &step);
		at += step;
	}
	*ret = span_of(to, len);
	return true;
}

/* Where the node stands in the table, or where it would. */
static size_t
slot_of(const struct pointer_set *set, uint32_t parent, struct span folded)
{
	size_t mask = set->table_size - 1;
	size_t slot = span_hash(folded, parent) & mask;

	while (set->table[slot]) {
		const struct node *n = &set->nodes[set->table[slot]];

		if (n->parent == parent && span_eq(n->folded, folded))
			break;
		slot = (slot + 1) & mask;
	}
	return slot;
}

/* At most half of the table is in use. */
static void
make_room(struct pointer_set *set)
{
	if (set->node_count * 2 < set->table_size)
		return;
	free(set->table);
	set->table_size *= 2;
	set->table = memory_new_array(set->table_size, sizeof(*set->table));
	for (uint32_t i = 1; i < set->node_count; i++)
		set->table[slot_of(set, set->nodes[i].parent, set->nodes[i].folded)] = i;
}

/* Tells most names apart from those of a node's children without a look into the table. */
static uint64_t
filter_bit(struct span name)
{
	unsigned first = name.len ? (unsigned char)ascii_lower(name.ptr[0]) : 0;

	return UINT64_C(1) << ((first + 8 * name.len) & 63);
}

/* However large: no array has that many elements, and so it is absent there. */
static bool
is_index(struct span part)
{
	size_t digits = 0;

	while (digits < part.len && ascii_is_digit(part.ptr[digits]))
		digits++;
	return digits && digits == part.len && (part.ptr[0] != '0' || digits == 1);
}

/* The node of a part below `parent`, made where there is none. */
static uint32_t
node_of(struct pointer_set *set, uint32_t parent, struct span part)
{
	char folded[POINTER_PART_MAX];
	struct span name;
	size_t slot;

	if (!fold(part, folded, &name))
		return POINTER_NODE_NONE;
	make_room(set);
	slot = slot_of(set, parent, name);
	if (!set->table[slot]) {
		struct node node = {.parent = parent, .folded = arena_copy(&set->arena, name)};

		set->nodes[parent].children |= filter_bit(name);
		set->nodes[parent].has_elements |= is_index(name);
		set->table[slot] = add_node(set, node);
	}
	return set->table[slot];
}

/* "~0" is '~', "~1" is '/'; false for what is no part. */
static bool
read_part(struct pointer_set *set, struct span raw, struct span *ret)
{
	char *to = arena_new(&set->arena, raw.len);
	size_t len = 0;

	for (size_t at = 0; at < raw.len; at++) {
		char byte = raw.ptr[at];

		if (byte == '~') {
			if (++at == raw.len || (raw.ptr[at] != '0' && raw.ptr[at] != '1'))
				return false;
			byte = raw.ptr[at] == '0' ? '~' : '/';
		}
		if (byte == '\0')
			return false;
		to[len++] = byte;
	}
	*ret = span_of(to, len);
	return len <= POINTER_PART_MAX && !span_eq(*ret, SPAN("-"));
}

/* All parts are read before any becomes a node: a malformed pointer leaves no trace. */
static bool
read_steps(struct pointer_set *set, struct span text, struct pointer *ret)
{
	struct pointer_step steps[POINTER_PARTS_MAX];
	struct span rest, raw;

	if (text.len == 0 || text.ptr[0] != '/')
		return false;
	for (rest = span_from(text, 1); span_cut(&rest, '/', &raw); ret->count++) {
		if (ret->count == POINTER_PARTS_MAX ||
		    !read_part(set, raw, &steps[ret->count].part))
			return false;
	}
	ret->steps = arena_new(&set->arena, ret->count * sizeof(steps[0]));
	memcpy(ret->steps, steps, ret->count * sizeof(steps[0]));
	return true;
}

bool
pointer_set_add(struct pointer_set *set, struct span pointer, size_t *ret_index)
{
	struct pointer p = {0};
	uint32_t node = POINTER_NODE_ROOT;

	for (size_t i = 0; i < set->pointer_count; i++) {
		if (span_eq(set->pointers[i].text, pointer)) {
			*ret_index = i;
			return true;
		}
	}
	if (!read_steps(set, pointer, &p))
		return false;
	for (size_t i = 0; i < p.count; i++) {
		node = node_of(set, node, p.steps[i].part);
		p.steps[i].node = node;
		p.steps[i].is_index = is_index(p.steps[i].part);
	}
	p.text = arena_copy(&set->arena, pointer);
	set->pointers = grown(set->pointers, set->pointer_count, &set->pointer_room, sizeof(p));
	set->pointers[set->pointer_count] = p;
	*ret_index = set->pointer_count++;
	return true;
}

static bool
is_ascii(struct span s)
{
	size_t at = 0;

	for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		if (word_marks(word_load(s.ptr + at)))
			return false;
	}
	while (at < s.len && (unsigned char)s.ptr[at] < 0x80)
		at++;
	return at == s.len;
}

static uint32_t
child_of(const struct pointer_set *set, uint32_t parent, struct span folded)
{
	uint32_t node = set->table[slot_of(set, parent, folded)];

	return node ? node : (uint32_t)POINTER_NODE_NONE;
}

uint32_t
pointer_set_member(const struct pointer_set *set, uint32_t parent, struct span name)
{
	char folded[POINTER_PART_MAX];
	struct span part;

	/* The filter knows nothing of characters that fold into shorter ones. */
	if (!(set->nodes[parent].children & filter_bit(name)) && is_ascii(name))
		return POINTER_NODE_NONE;
	if (!fold(name, folded, &part))
		return POINTER_NODE_NONE;
	return child_of(set, parent, part);
}

uint32_t
pointer_set_element(const struct pointer_set *set, uint32_t parent, size_t index)
{
	char digits[DECIMAL_OF_SIZE];
	size_t at = sizeof(digits);

	if (!set->nodes[parent].has_elements)
		return POINTER_NODE_NONE;
	do
		digits[--at] = (char)('0' + index % 10);
	while (index /= 10);
	return child_of(set, parent, span_of(digits + at, sizeof(digits) - at));
}
