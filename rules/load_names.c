/* The keys of a match that map names to value tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/load_value.h"

#include "rules/rule.h"

/* False: complained of. */
typedef bool name_check_fn(struct reader *r, const struct node *member, struct condition *c);

static void
read_names(struct reader *r, const struct node *n, enum condition_kind kind,
           name_check_fn *check, struct named_tests *ret)
{
	if (!node_is_kind(n, NODE_MAP, r->why))
		return;
	ret->at = arena_new(r->arena, n->count * sizeof(ret->at[0]));
	ret->count = n->count;
	if (n->count == 0)
		complain(r->why, n, "a map from names to value tests", "names nothing");
	NODE_EACH (n, member) {
		struct value_test *test = arena_new(r->arena, sizeof(*test));
		struct condition *c = &ret->at[member->index];

		*c = (struct condition){.kind = kind, .test = test,
		                        .name = arena_copy(r->arena, member->key)};
		if (check(r, member, c))
			read_value_test(r, member, test);
	}
}

static bool
check_parameter(struct reader *r, const struct node *member, struct condition *c)
{
	if (c->name.len)
		return true;
	complain_key(r->why, member, NULL, "a parameter without a name cannot be asked for");
	return false;
}

void
read_query(struct reader *r, const struct node *n, void *to)
{
	read_names(r, n, CONDITION_QUERY, check_parameter, to);
}

void
read_form(struct reader *r, const struct node *n, void *to)
{
	read_names(r, n, CONDITION_FORM, check_parameter, to);
}

static const char *
flags_trap(unsigned flags)
{
	if (flags & FIELD_OURS)
		return "never goes upstream: Countersign-* is ours";
	if (flags & FIELD_HOP)
		return "belongs to one connection and never goes upstream";
	if (flags & FIELD_FORWARDING)
		return "is written by this proxy, whatever callers send; where they come from is "
		       "what \"source\" asks";
	if (flags & FIELD_OVERRIDE)
		return "is refused whenever it comes";
	return NULL;
}

bool
header_name_is_good(struct span name, const char **ret_why)
{
	enum field_id id = field_lookup(name);
	unsigned flags = id == FIELD_OTHER ? field_family_flags(name) : field_flags(id);

	*ret_why = flags_trap(flags);
	for (size_t i = 0; i < name.len; i++) {
		if (!ascii_is_alpha(name.ptr[i]) && !ascii_is_digit(name.ptr[i]) &&
		    name.ptr[i] != '-')
			*ret_why = "is no name of a header: those have letters, digits and \"-\"";
	}
	if (name.len == 0)
		*ret_why = "is no name of a header";
	else if (id == FIELD_HOST)
		*ret_why = "is written anew; \"host\" asks what callers name";
	else if (id == FIELD_CONTENT_LENGTH || id == FIELD_TRANSFER_ENCODING)
		*ret_why = "says where a body ends, which is not the same upstream";
	else if (flags & FIELD_WRITTEN)
		*ret_why = "is written anew, whatever callers send";
	return !*ret_why;
}

static bool
check_header(struct reader *r, const struct node *member, struct condition *c)
{
	const char *trap;

	if (!header_name_is_good(c->name, &trap)) {
		complain_key(r->why, member, NULL, "%s", trap);
		return false;
	}
	for (const struct node *n = member->parent->first; n != member; n = n->next) {
		if (!span_eq_nocase(n->key, c->name))
			continue;
		complain_key(r->why, member, NULL, "stands here twice: names of headers have no "
		             "case");
		return false;
	}
	return true;
}

void
read_headers(struct reader *r, const struct node *n, void *to)
{
	read_names(r, n, CONDITION_HEADER, check_header, to);
}

static bool
check_pointer(struct reader *r, const struct node *member, struct condition *c)
{
	struct ruleset *rules = r->owner;

	if (pointer_set_add(rules->pointers, c->name, &c->pointer))
		return true;
	complain_key(r->why, member, NULL, "is no JSON pointer: as in /amount or /items/0/id, with "
	             "~1 for a \"/\" and ~0 for a \"~\" in a name");
	return false;
}

void
read_body(struct reader *r, const struct node *n, void *to)
{
	read_names(r, n, CONDITION_BODY, check_pointer, to);
}
