/* libyaml's events to nodes, with a strict view of what YAML may be used. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/tree.h"

#include <yaml.h>

#include "lib/base/memory.h"

/* A list or map that is not closed yet. */
struct level {
	struct node *node;
	struct node *last;
	bool has_key;      /* of the value that comes next */
	struct span key;
	struct mark key_mark;
};

struct building {
	yaml_parser_t yaml;
	const struct manuscript *manuscript;
	struct arena *arena;
	struct complaints *why;
	struct level levels[NODE_DEPTH_MAX];
	size_t depth;
	const struct node *root;
	bool is_over; /* too much of something: complained of, reading ends */
};

static struct mark
mark_of(yaml_mark_t at)
{
	return (struct mark){(uint32_t)at.line + 1, (uint32_t)at.column + 1};
}

/* Whether the map may have the key of this member; else its value is not looked at. */
static bool
check_key(struct building *b, const struct node *n)
{
	const struct node *other = node_find(n->parent, n->key);

	if (n->parent->count == TREE_KEYS_MAX) {
		complain_key(b->why, n, NULL, "more than %d keys in one map",
		             TREE_KEYS_MAX);
		b->is_over = true;
		return false;
	}
	if (span_eq(n->key, SPAN("<<"))) {
		complain_key(b->why, n, NULL, "merge keys (<<) are not taken");
		return false;
	}
	if (other)
		complain_key(b->why, n, NULL, "this key stands in line %u already",
		             other->key_mark.line);
	return !other;
}

static void
hang_into(struct building *b, struct level *top, struct node *n)
{
	n->parent = top->node;
	n->index = top->node->count;
	n->key = top->key;
	n->key_mark = top->key_mark;
	top->has_key = false;
	if (n->parent->kind == NODE_MAP && !check_key(b, n))
		return;
	top->node->count++;
	if (top->last)
		top->last->next = n;
	else
		top->node->first = n;
	top->last = n;
}

/* A new node where the parser stands, hung into the level that is open. */
static struct node *
add_node(struct building *b, enum node_kind kind, yaml_mark_t at)
{
	struct node *n = arena_new(b->arena, sizeof(*n));

	n->kind = kind;
	n->mark = mark_of(at);
	n->manuscript = b->manuscript;
	if (b->depth)
		hang_into(b, &b->levels[b->depth - 1], n);
	else
		b->root = n;
	return n;
}

static void
check_extras(struct building *b, const struct node *n, const yaml_char_t *anchor,
             const yaml_char_t *tag)
{
	if (anchor)
		complain(b->why, n, "each value written where it stands",
		         "anchors (&%s) are not taken", (const char *)anchor);
	if (tag)
		complain(b->why, n, "a value without tag", "tags (%s) are not taken",
		         (const char *)tag);
}

static bool
wants_key(const struct building *b)
{
	const struct level *top = b->depth ? &b->levels[b->depth - 1] : NULL;

	return top && top->node->kind == NODE_MAP && !top->has_key;
}

static void
take_key(struct building *b, const yaml_event_t *event)
{
	struct level *top = &b->levels[b->depth - 1];

	top->key = arena_copy(b->arena, span_of(event->data.scalar.value,
	                                              event->data.scalar.length));
	top->key_mark = mark_of(event->start_mark);
	top->has_key = true;
	if (event->data.scalar.anchor || event->data.scalar.tag)
		complain_mark(b->why, b->manuscript, top->key_mark,
		              "anchors and tags are not taken");
}

static bool
take_scalar(struct building *b, const yaml_event_t *event)
{
	struct node *n;

	if (wants_key(b)) {
		take_key(b, event);
		return true;
	}
	n = add_node(b, NODE_SCALAR, event->start_mark);
	n->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	n->text = arena_copy(b->arena, span_of(event->data.scalar.value,
	                                             event->data.scalar.length));
	check_extras(b, n, event->data.scalar.anchor, event->data.scalar.tag);
	return true;
}

static bool
take_opening(struct building *b, enum node_kind kind, const yaml_event_t *event)
{
	struct node *n;

	if (wants_key(b)) {
		complain_mark(b->why, b->manuscript, mark_of(event->start_mark),
		              "a key is %s; expected a string; a value that starts with "
		              "{ or [ must be in quotes",
		              kind == NODE_MAP ? "a map" : "a list");
		return false;
	}
	if (b->depth == NODE_DEPTH_MAX) {
		complain_mark(b->why, b->manuscript, mark_of(event->start_mark),
		              "lists and maps are nested more than %d deep",
		              NODE_DEPTH_MAX);
		return false;
	}
	n = add_node(b, kind, event->start_mark);
	if (kind == NODE_MAP)
		check_extras(b, n, event->data.mapping_start.anchor,
		             event->data.mapping_start.tag);
	else
		check_extras(b, n, event->data.sequence_start.anchor,
		             event->data.sequence_start.tag);
	b->levels[b->depth++] = (struct level){.node = n};
	return true;
}

static bool
take_alias(struct building *b, const yaml_event_t *event)
{
	struct node *n;

	if (wants_key(b)) {
		complain_mark(b->why, b->manuscript, mark_of(event->start_mark),
		              "aliases (*%s) are not taken",
		              (const char *)event->data.alias.anchor);
		return false;
	}
	n = add_node(b, NODE_BROKEN, event->start_mark);
	complain(b->why, n, "each value written where it stands",
	         "aliases (*%s) are not taken", (const char *)event->data.alias.anchor);
	return true;
}

static bool
take_document(struct building *b, const yaml_event_t *event)
{
	struct mark mark = mark_of(event->start_mark);

	if (b->root) {
		complain_mark(b->why, b->manuscript, mark, "a second document starts here; expected "
		              "one document in one file");
		return false;
	}
	if (event->data.document_start.version_directive ||
	    event->data.document_start.tag_directives.start !=
	            event->data.document_start.tag_directives.end) {
		complain_mark(b->why, b->manuscript, mark, "directives (%%) are not taken");
		return false;
	}
	return true;
}

/* What libyaml says, in words for who wrote the file. */
static void
complain_of_syntax(struct building *b)
{
	static const struct {
		const char *theirs, *ours;
	} words[] = {
		{"found character that cannot start any token",
		 "this character cannot start a value; spaces indent, not tabs, and a value "
		 "that starts with @ or ` or % must be in quotes"},
		{"did not find expected ',' or '}'",
		 "expected \",\" or \"}\" before this; inside {} a value with { [ ] } or , must "
		 "be in quotes"},
		{"did not find expected ',' or ']'",
		 "expected \",\" or \"]\" before this; inside [] a value with { [ ] } or , must "
		 "be in quotes"},
		{"mapping values are not allowed in this context",
		 "a \":\" cannot stand here; a value with \": \" in it must be in quotes, and a "
		 "key must line up with its neighbours"},
		{"did not find expected key",
		 "this does not line up with the keys above"},
		{"did not find expected '-' indicator",
		 "this does not line up with the \"-\" above"},
		{"could not find expected ':'", "this is a key without \":\""},
		{"found unexpected end of stream", "this quote is not closed"},
		{"found unknown escape character", "no escape that is known in double quotes; "
		 "single quotes take \\ as it is"},
	};
	struct mark mark = mark_of(b->yaml.problem_mark);
	const char *problem = b->yaml.problem ? b->yaml.problem : "cannot be read";

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].theirs, problem) != 0)
			continue;
		problem = words[i].ours;
		/* What began there is at fault, not where it was missed. */
		if (span_starts(span_cstr(problem), SPAN("this ")) && b->yaml.context &&
		    strncmp(b->yaml.context, "while scanning", 14) == 0)
			mark = mark_of(b->yaml.context_mark);
	}
	complain_mark(b->why, b->manuscript, mark, "%s", problem);
}

/* False ends the reading. */
static bool
take_event(struct building *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return take_document(b, event);
	case YAML_ALIAS_EVENT:
		return take_alias(b, event);
	case YAML_SCALAR_EVENT:
		return take_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return take_opening(b, NODE_LIST, event);
	case YAML_MAPPING_START_EVENT:
		return take_opening(b, NODE_MAP, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->depth--;
		return true;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return true;
	}
	return false;
}

static bool
read_events(struct building *b)
{
	bool goes_on = true, is_end = false;

	while (goes_on && !is_end) {
		yaml_event_t event;

		if (!yaml_parser_parse(&b->yaml, &event)) {
			complain_of_syntax(b);
			return false;
		}
		is_end = event.type == YAML_STREAM_END_EVENT;
		goes_on = take_event(b, &event) && !b->is_over;
		yaml_event_delete(&event);
	}
	return goes_on;
}

const struct node *
tree_build(const struct manuscript *manuscript, struct arena *arena, struct complaints *why)
{
	struct building b = {.manuscript = manuscript, .arena = arena, .why = why};
	struct span bytes = manuscript_bytes(manuscript);
	bool is_whole;

	if (!yaml_parser_initialize(&b.yaml))
		memory_exhausted();
	yaml_parser_set_encoding(&b.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.yaml, (const unsigned char *)(bytes.ptr ? bytes.ptr : ""),
	                             bytes.len);
	is_whole = read_events(&b);
	yaml_parser_delete(&b.yaml);
	if (is_whole && !b.root)
		complain_file(why, manuscript_name(manuscript), "is empty");
	return is_whole ? b.root : NULL;
}
