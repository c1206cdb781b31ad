/* The key `bind` of an approval. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/load_bind.h"

#include "lib/base/complaint.h"
#include "lib/base/nearest.h"
#include "rules/load_value.h"
#include "rules/rule.h"

static const char parts_form[] =
	"path, query, query:NAME, header:NAME, body or body:/pointer";
static const char except_form[] = "query:NAME, header:NAME or body:/pointer";

static const struct {
	const char *word;
	enum bind_part_kind kind;
} wholes[] = {
	{"path", PART_PATH},
	{"query", PART_QUERY},
	{"body", PART_BODY},
};

static const struct {
	const char *word;
	enum bind_part_kind kind;
} prefixes[] = {
	{"query:", PART_QUERY_NAME},
	{"header:", PART_HEADER},
	{"body:", PART_BODY_POINTER},
};

static void
lower(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text[i] = ascii_lower(text[i]);
}

static const char *
header_trap(const struct bind_part *part, bool is_except)
{
	enum field_id id = field_lookup(part->name);
	const char *trap = NULL;

	if (header_name_is_good(part->name, &trap) && is_except &&
	    (field_flags(id) & FIELD_UNBOUND))
		trap = "is not signed anyway";
	return trap;
}

/* Sets the name; what is wrong with it, or NULL. */
static const char *
take_name(struct reader *r, struct span name, bool is_except, struct bind_part *ret)
{
	struct ruleset *rules = r->owner;
	char *copy = arena_cstr(r->arena, name);

	ret->name = span_of(copy, name.len);
	if (name.len == 0)
		return "names nothing";
	if (ret->kind == PART_BODY_POINTER)
		return pointer_set_add(rules->pointers, ret->name, &ret->pointer)
		               ? NULL
		               : "is no JSON pointer, as in body:/amount";
	if (ret->kind != PART_HEADER)
		return NULL;
	lower(copy, name.len);
	return header_trap(ret, is_except);
}

static void
complain_part(struct reader *r, const struct node *n, struct span text, bool is_except)
{
	struct nearest nearest = nearest_to(text);

	for (size_t i = 0; !is_except && i < ARRAY_LEN(wholes); i++)
		nearest_try(&nearest, wholes[i].word);
	complain_word(r->why, n, is_except ? except_form : parts_form, nearest.best);
}

static void
read_part(struct reader *r, const struct node *n, bool is_except, struct bind_part *ret)
{
	const char *trap;
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	for (size_t i = 0; !is_except && i < ARRAY_LEN(wholes); i++) {
		if (span_eq(text, span_cstr(wholes[i].word))) {
			*ret = (struct bind_part){.kind = wholes[i].kind};
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		struct span prefix = span_cstr(prefixes[i].word);

		if (!span_starts(text, prefix))
			continue;
		*ret = (struct bind_part){.kind = prefixes[i].kind};
		trap = take_name(r, span_from(text, prefix.len), is_except, ret);
		if (trap)
			complain(r->why, n, NULL, "\"%.*s\" %s", SPAN_ARG(text), trap);
		return;
	}
	complain_part(r, n, text, is_except);
}

static void
read_parts(struct reader *r, const struct node *n, bool is_except, struct bind *ret)
{
	size_t errors = complaints_errors(r->why);
	struct bind_part *parts;

	if (!node_is_kind(n, NODE_LIST, r->why))
		return;
	*ret = (struct bind){.mode = is_except ? BIND_EXACT_EXCEPT : BIND_PARTS};
	if (n->count == 0 || n->count > BIND_PARTS_MAX) {
		complain(r->why, n, is_except ? except_form : parts_form,
		         n->count ? "more than 32 parts" : "an empty list names nothing");
		return;
	}
	parts = arena_new(r->arena, n->count * sizeof(*parts));
	NODE_EACH (n, item) {
		read_part(r, item, is_except, &parts[item->index]);
		ret->parts[ret->count++] = &parts[item->index];
	}
	if (complaints_errors(r->why) != errors)
		return;
	bind_settle(ret);
	if (ret->count < n->count)
		complain_warning(r->why, n, "some of these are part of others, or stand twice");
}

static void
read_except(struct reader *r, const struct node *n, void *to)
{
	read_parts(r, n, true, to);
}

static const struct key bind_keys[] = {
	{.name = "exact_except", .type = KEY_CUSTOM, .read = read_except, .is_required = true,
	 .form = "a list of query:NAME, header:NAME and body:/pointer",
	 .help = "Everything but these parts of the request.",
	 .json_schema = JSON_SCHEMA_ONE_OR_MORE("{\"type\": \"string\"}")},
};

const struct schema bind_schema = {
	.name = "a bind",
	.help = "Everything but some parts.",
	.keys = bind_keys,
	.key_count = ARRAY_LEN(bind_keys),
	.size = sizeof(struct bind),
};

void
read_bind(struct reader *r, const struct node *n, void *to)
{
	struct bind *bind = to;
	struct span text;

	*bind = (struct bind){.mode = BIND_EXACT};
	if (n->kind == NODE_LIST)
		read_parts(r, n, false, bind);
	else if (n->kind == NODE_MAP)
		schema_read(r, &bind_schema, n, bind);
	else if (node_string(n, r->why, &text) && !span_eq(text, SPAN("exact")))
		complain_word(r->why, n, "exact, {exact_except: [...]} or a list of parts", NULL);
}
