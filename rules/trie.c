/* A trie of path segments. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/trie.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "rules/methods.h"

/* A longer prefix of an expression would not choose better. */
enum { PREFIX_SEGMENTS_MAX = 16 };

/* Sixteen bytes, so that four share a cache line.  Lists start at an entry's index; 0 is none. */
struct trie_node {
	uint32_t variable;     /* the child for any segment, or 0: node 0 is the root */
	uint32_t at_end;       /* entries for paths that end here */
	uint32_t on_way;       /* entries for all paths that come by */
	uint32_t has_literals;
};

/* All edges with a literal are in one table, found by where they start and the hash of the
 * segment: one probe a level, however many siblings there are. */
struct trie_edge {
	uint32_t key;
	uint32_t child; /* 0: free */
};

struct trie {
	struct trie_node *nodes;
	struct trie_entry *entries;
	struct trie_edge *edges;
	uint32_t node_count, node_room;
	uint32_t entry_count, entry_room;
	uint32_t edge_count, edge_mask;
};

struct trie *
trie_new(void)
{
	struct trie *t = memory_new(sizeof(*t));

	t->node_room = t->entry_room = 16;
	t->nodes = memory_new_array(t->node_room, sizeof(t->nodes[0]));
	t->entries = memory_new_array(t->entry_room, sizeof(t->entries[0]));
	t->edge_mask = 31;
	t->edges = memory_new_array(t->edge_mask + 1, sizeof(t->edges[0]));
	t->node_count = t->entry_count = 1;
	return t;
}

void
trie_free(struct trie *t)
{
	if (!t)
		return;
	free(t->nodes);
	free(t->entries);
	free(t->edges);
	free(t);
}

static uint32_t
add_node(struct trie *t)
{
	if (t->node_count == t->node_room) {
		t->node_room *= 2;
		t->nodes = memory_resize(t->nodes, t->node_room * sizeof(t->nodes[0]));
	}
	t->nodes[t->node_count] = (struct trie_node){0};
	return t->node_count++;
}

/* Parent and segment in one number.  Two edges may share it: then their children are one
 * node, which only makes for a candidate too many. */
static uint32_t
edge_key(uint32_t parent, uint32_t segment)
{
	uint64_t key = ((uint64_t)parent << 32 | segment) * UINT64_C(0x9e3779b97f4a7c15);

	return (uint32_t)(key >> 32);
}

static struct trie_edge *
find_edge(const struct trie *t, uint32_t key)
{
	uint32_t at = key & t->edge_mask;

	while (t->edges[at].child && t->edges[at].key != key)
		at = (at + 1) & t->edge_mask;
	return &t->edges[at];
}

static void
grow_edges(struct trie *t)
{
	struct trie_edge *old = t->edges;
	uint32_t count = t->edge_mask + 1;

	t->edge_mask = count * 2 - 1;
	t->edges = memory_new_array((size_t)count * 2, sizeof(t->edges[0]));
	for (uint32_t i = 0; i < count; i++) {
		if (old[i].child)
			*find_edge(t, old[i].key) = old[i];
	}
	free(old);
}

static uint32_t
get_literal_child(struct trie *t, uint32_t node, struct span segment)
{
	uint32_t key = edge_key(node, segment_hash(segment));
	struct trie_edge *edge;

	if (t->edge_count * 2 > t->edge_mask)
		grow_edges(t);
	edge = find_edge(t, key);
	if (!edge->child) {
		*edge = (struct trie_edge){key, add_node(t)};
		t->edge_count++;
	}
	t->nodes[node].has_literals = true;
	return edge->child;
}

static uint32_t
get_variable_child(struct trie *t, uint32_t node)
{
	uint32_t child = t->nodes[node].variable;

	if (!child) {
		child = add_node(t);
		t->nodes[node].variable = child;
	}
	return child;
}

static uint32_t
get_template_node(struct trie *t, const struct template *template)
{
	uint32_t node = 0;

	for (size_t i = 0; i < template->count; i++) {
		const struct template_segment *s = &template->segments[i];

		node = s->is_variable ? get_variable_child(t, node)
		                      : get_literal_child(t, node, s->text);
	}
	return node;
}

static uint32_t
get_prefix_node(struct trie *t, struct span prefix)
{
	struct path path;
	uint32_t node = 0;

	path_split(&path, prefix);
	for (size_t i = 0; i < path.count && i < PREFIX_SEGMENTS_MAX; i++)
		node = get_literal_child(t, node, path.segments[i]);
	return node;
}

void
trie_add(struct trie *t, const struct path_pattern *pattern, uint32_t rule, unsigned methods)
{
	bool is_on_way = !pattern || pattern->regex || pattern->template.takes_rest;
	uint32_t node = 0, *list;

	if (pattern)
		node = pattern->regex ? get_prefix_node(t, pattern->prefix)
		                      : get_template_node(t, &pattern->template);
	if (t->entry_count == t->entry_room) {
		t->entry_room *= 2;
		t->entries = memory_resize(t->entries, t->entry_room * sizeof(t->entries[0]));
	}
	list = is_on_way ? &t->nodes[node].on_way : &t->nodes[node].at_end;
	t->entries[t->entry_count] = (struct trie_entry){pattern, rule, methods, *list};
	*list = t->entry_count++;
}

struct walk {
	const struct trie *trie;
	const struct path *path;
	unsigned method;
	trie_fn *fn;
	void *ctx;
};

static inline void
visit(const struct walk *w, uint32_t list)
{
	while (list) {
		const struct trie_entry *entry = &w->trie->entries[list];

		if (entry->methods & w->method)
			w->fn(w->ctx, entry);
		list = entry->next;
	}
}

static void
walk_from(const struct walk *w, uint32_t at, size_t depth)
{
	for (;;) {
		const struct trie_node node = w->trie->nodes[at];
		uint32_t literal = 0;

		visit(w, node.on_way);
		if (depth == w->path->count) {
			visit(w, node.at_end);
			return;
		}
		/* Templates are shorter than what path_split() keeps. */
		if (depth == REQUEST_SEGMENTS_MAX)
			return;
		if (node.has_literals) {
			uint32_t hash = path_segment_hash(w->path, depth);

			literal = find_edge(w->trie, edge_key(at, hash))->child;
		}
		depth++;
		if (literal && node.variable)
			walk_from(w, node.variable, depth);
		at = literal ? literal : node.variable;
		if (!at)
			return;
	}
}

void
trie_walk(const struct trie *t, const struct path *path, enum method method, trie_fn *fn,
          void *ctx)
{
	struct walk w = {t, path, method_bit(method), fn, ctx};

	walk_from(&w, 0, 0);
}
