/* What people sign: the bound parts of one request in one form, and its digest. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/binding.h"

#include "approvals/bound_body.h"
#include "approvals/bound_query.h"
#include "approvals/ulid.h"

static bool
is_named(const struct bind *bind, struct span name)
{
	for (size_t i = 0; i < bind->count; i++) {
		if (bind->parts[i]->kind == PART_HEADER &&
		    span_eq_nocase(bind->parts[i]->name, name))
			return true;
	}
	return false;
}

/*
 * What goes upstream, without what named the caller.  A list binds what it names; else what
 * changes from try to try is left out too, and what is excepted.  Host is bound as
 * upstream_host, the framing by the length of the body.
 */
static bool
is_bound(const struct bindable *b, const struct bind *bind, const struct field *f)
{
	const struct head *h = b->request->head;
	bool is_list = bind->mode == BIND_PARTS;

	if (!field_is_forwarded(f) || (!is_list && f->flags & FIELD_UNBOUND))
		return false;
	if (is_named(bind, head_part(h, f->name)) != is_list)
		return false;
	return !b->is_identity || !b->is_identity(b->ctx, h, f);
}

static struct span
lower(struct span name, struct arena *arena)
{
	char *copy = arena_cstr(arena, name);

	for (size_t i = 0; i < name.len; i++)
		copy[i] = ascii_lower(copy[i]);
	return span_of(copy, name.len);
}

static void
read_fields(struct bound *ret, const struct bindable *b, struct arena *arena)
{
	const struct head *h = b->request->head;

	ret->fields = arena_new(arena, h->field_count * sizeof(*ret->fields));
	ret->field_count = 0;
	for (size_t i = 0; i < h->field_count; i++) {
		const struct field *f = &h->fields[i];
		struct bound_field *to = &ret->fields[ret->field_count];

		if (!is_bound(b, ret->bind, f))
			continue;
		to->name = lower(head_part(h, f->name), arena);
		to->value = head_part(h, f->value);
		if (f->flags & FIELD_SECRET)
			to->value = bound_keyed(b->binding_secret, to->value, arena);
		ret->field_count++;
	}
	bound_sort(ret);
}

enum fault
bound_read(struct bound *ret, const struct bindable *b, struct arena *arena)
{
	static const struct bind exact = {.mode = BIND_EXACT};
	const struct request *r = b->request;
	bool has_name = person_is_named(b->requester);
	enum fault fault;

	*ret = (struct bound){
		.namespace = b->namespace,
		.site = b->site,
		.rule = b->rule,
		.effect = *b->effect,
		.is_named = has_name,
		.requester = has_name ? b->requester->user : b->anonymous_source,
		.bind = b->bind ? b->bind : &exact,
		.method = span_cstr(method_name(r->method)),
		.host = b->upstream_host,
		.path = r->path,
	};
	read_fields(ret, b, arena);
	fault = bound_query_read(ret, b, arena);
	return fault != FAULT_NONE ? fault : bound_body_read(ret, b, arena);
}

enum fault
binding_digest(const struct bindable *b, struct digest *ret)
{
	struct arena arena = {0};
	struct bound bound;
	enum fault fault = bound_read(&bound, b, &arena);

	if (fault == FAULT_NONE)
		*ret = bound_digest(&bound);
	arena_clear(&arena);
	return fault;
}

void
binding_code(const struct digest *binding, char ret[CODE_TEXT])
{
	uint64_t bits = 0;
	int at = 0;

	for (int i = 0; i < 5; i++)
		bits = bits << 8 | binding->bytes[i];
	for (int i = 0; i < 8; i++) {
		if (i == 4)
			ret[at++] = '-';
		ret[at++] = ulid_digit((unsigned)(bits >> (35 - 5 * i)));
	}
	ret[at] = '\0';
}
