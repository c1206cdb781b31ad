/* Single values of the configuration that need more than a type. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_text.h"

enum { NAME_LEN_MAX = 64 };

void
read_workers(struct reader *r, const struct node *n, void *to)
{
	struct bounds bounds = {1, CONFIG_WORKERS_MAX};
	uint64_t count;

	if (n->kind == NODE_SCALAR && span_eq(n->text, SPAN("auto")))
		*(uint64_t *)to = 0;
	else if (n->kind == NODE_SCALAR && n->text.len && ascii_is_digit(n->text.ptr[0])) {
		if (node_integer(n, bounds, r->why, &count))
			*(uint64_t *)to = count;
	} else if (node_is_kind(n, NODE_SCALAR, r->why))
		complain(r->why, n, "auto or a number from 1 to 256", "\"%.*s\" is no number",
		         SPAN_ARG(n->text));
}

/* Letters, digits, dot, underscore, hyphen; starts with a letter or digit. */
static bool
is_name(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (ascii_is_alpha(c) || ascii_is_digit(c))
			continue;
		if (i == 0 || (c != '.' && c != '_' && c != '-'))
			return false;
	}
	return text.len > 0 && text.len <= NAME_LEN_MAX;
}

static void
read_name(struct reader *r, const struct node *n, struct span *ret)
{
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	if (is_name(text))
		*ret = arena_copy(r->arena, text);
	else
		complain(r->why, n, "1 to 64 letters, digits, \".\", \"_\" or \"-\", a letter or "
		         "digit first", "is no name");
}

void
read_site_name(struct reader *r, const struct node *n, void *to)
{
	read_name(r, n, to);
}

void
read_namespace(struct reader *r, const struct node *n, void *to)
{
	read_name(r, n, to);
}

void
read_user(struct reader *r, const struct node *n, void *to)
{
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	if (identity_user_is_valid(text))
		*(struct span *)to = arena_copy(r->arena, text);
	else
		complain(r->why, n, "at most 255 printable ASCII characters without comma, and "
		         "not \"anonymous\"", "is no name a user may have");
}

static void
check_group(struct reader *r, const struct node *n)
{
	if (n->kind == NODE_SCALAR && n->text.len && !identity_group_is_valid(n->text))
		complain(r->why, n, "at most 255 printable ASCII characters without comma",
		         "is no name a group may have");
}

void
read_groups(struct reader *r, const struct node *n, void *to)
{
	schema_read_strings(r, n, to);
	if (n->kind != NODE_LIST)
		check_group(r, n);
	else
		NODE_EACH (n, item)
			check_group(r, item);
}

void
read_digest(struct reader *r, const struct node *n, void *to)
{
	struct span text;

	if (node_string(n, r->why, &text) && !digest_read(text, to))
		complain(r->why, n, "64 hexadecimal digits in lower case, the SHA-256 of the "
		         "token as `countersign token` prints it",
		         "is no SHA-256 (%zu characters)", text.len);
}

void
read_header_name(struct reader *r, const struct node *n, void *to)
{
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	for (size_t i = 0; i < text.len; i++) {
		if (ascii_is_alpha(text.ptr[i]) || ascii_is_digit(text.ptr[i]) ||
		    text.ptr[i] == '-' || text.ptr[i] == '_')
			continue;
		complain_within(r->why, n, i, "is not the name of a header; expected letters, "
		                "digits and \"-\"");
		return;
	}
	if (field_lookup(text) != FIELD_OTHER &&
	    field_flags(field_lookup(text)) & (FIELD_HOP | FIELD_OURS | FIELD_SINGLE)) {
		complain(r->why, n, "a header that only the proxy in front sets",
		         "%.*s means something else already", SPAN_ARG(text));
		return;
	}
	*(struct span *)to = arena_copy(r->arena, text);
}

static void
read_way(struct reader *r, const struct node *n, struct identify *identify)
{
	struct span text;
	enum identity_way way;

	if (!node_string(n, r->why, &text))
		return;
	if (!identity_way_read(text, &way)) {
		complain_word(r->why, n, "certificate, jwt, token, bearer or header", NULL);
		return;
	}
	for (size_t i = 0; i < identify->count; i++) {
		if (identify->ways[i] == way) {
			complain(r->why, n, "each way once", "%.*s stands here twice",
			         SPAN_ARG(text));
			return;
		}
	}
	identify->ways[identify->count++] = way;
}

void
read_identify(struct reader *r, const struct node *n, void *to)
{
	struct identify identify = {0};

	if (n->kind == NODE_LIST)
		NODE_EACH (n, item)
			read_way(r, item, &identify);
	else
		read_way(r, n, &identify);
	*(struct identify *)to = identify;
}

static void
read_method(struct reader *r, const struct node *n, unsigned *bits)
{
	struct span text;
	enum method method;

	if (!node_string(n, r->why, &text))
		return;
	if (method_read(text, &method) &&
	    (method == METHOD_GET || method == METHOD_HEAD || method == METHOD_OPTIONS))
		*bits |= 1u << method;
	else
		complain(r->why, n, "GET, HEAD or OPTIONS; the others may have a body anyway",
		         "\"%.*s\" cannot stand here", SPAN_ARG(text));
}

void
read_bodies_on(struct reader *r, const struct node *n, void *to)
{
	if (n->kind == NODE_LIST)
		NODE_EACH (n, item)
			read_method(r, item, to);
	else
		read_method(r, n, to);
}

