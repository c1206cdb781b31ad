/* The tree of a file people write. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/node.h"

static bool
is_null(struct span text)
{
	return text.len == 0 || span_eq(text, SPAN("~")) || span_eq(text, SPAN("null")) ||
	       span_eq(text, SPAN("Null")) || span_eq(text, SPAN("NULL"));
}

bool
node_is_nothing(const struct node *n)
{
	return n->kind == NODE_SCALAR && !n->is_quoted && is_null(n->text);
}

const struct node *
node_find(const struct node *map, struct span key)
{
	if (map->kind != NODE_MAP)
		return NULL;
	NODE_EACH (map, child) {
		if (span_eq(child->key, key))
			return child;
	}
	return NULL;
}

const struct node *
node_items(const struct node *n, size_t *ret_count)
{
	*ret_count = n->kind == NODE_LIST ? n->count : 1;
	return n->kind == NODE_LIST ? n->first : n;
}

void
node_place(const struct node *n, const struct node *seen_from, struct buf *to)
{
	if (n->manuscript == seen_from->manuscript)
		buf_addf(to, "line %u", n->mark.line);
	else
		buf_addf(to, "%s:%u", manuscript_name(n->manuscript), n->mark.line);
}

static bool
is_plain_key(struct span key)
{
	for (size_t i = 0; i < key.len; i++) {
		char c = key.ptr[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '_' && c != '-' && c != '/')
			return false;
	}
	return key.len > 0;
}

void
node_path(const struct node *n, struct buf *to)
{
	const struct node *chain[NODE_DEPTH_MAX + 1] = {0};
	size_t depth = 0;

	for (; n->parent && depth < ARRAY_LEN(chain); n = n->parent)
		chain[depth++] = n;
	while (depth-- > 0) {
		n = chain[depth];
		if (n->parent->kind == NODE_LIST)
			buf_addf(to, "[%zu]", n->index);
		else if (is_plain_key(n->key))
			buf_addf(to, "%s%.*s", to->len ? "." : "", SPAN_ARG(n->key));
		else
			buf_addf(to, "[\"%.*s\"]", SPAN_ARG(n->key));
	}
}
