/* What of a body is bound: all of it, all but some values, or some values only. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/bound_body.h"

#include "lib/base/json_scan.h"
#include "lib/http/media_type.h"

/* A pointer of the bind, and what stands there. */
struct found {
	struct span pointer;
	struct json_fact fact;
};

struct reading {
	struct found *found; /* in the order of the bind's parts */
	size_t count;
};

static enum fault
check_body(const struct bindable *b)
{
	const struct head *h = b->request->head;
	struct span coding = head_value(h, FIELD_CONTENT_ENCODING);

	if (b->body.len > b->inspected_body_max)
		return FAULT_BODY_TOO_LARGE;
	if (head_has(h, FIELD_CONTENT_ENCODING) && !span_eq_nocase(coding, SPAN("identity")))
		return FAULT_CONTENT_CODING;
	if (b->body.len == 0)
		return FAULT_BODY_UNREADABLE;
	if (media_type_of(head_value(h, FIELD_CONTENT_TYPE)) != MEDIA_JSON)
		return FAULT_CONTENT_TYPE;
	return FAULT_NONE;
}

static enum fault
scan(struct reading *ret, const struct bindable *b, const struct pointer_set *set,
     struct arena *arena)
{
	struct json_fact *facts = arena_new(arena, ret->count * sizeof(*facts));
	enum json_flaw flaw = json_scan(b->body, set, facts, arena);

	if (flaw == JSON_FLAW_DUPLICATE)
		return FAULT_BODY_AMBIGUOUS;
	if (flaw != JSON_FLAW_NONE)
		return FAULT_BODY_UNREADABLE;
	for (size_t i = 0; i < ret->count; i++) {
		if (facts[i].found == JSON_CONFLICT)
			return FAULT_BODY_AMBIGUOUS;
		ret->found[i].fact = facts[i];
	}
	return FAULT_NONE;
}

/* Pointers of a bind are unique and well formed: the set numbers them as they stand. */
static bool
add_pointers(struct pointer_set *set, const struct reading *r)
{
	for (size_t i = 0; i < r->count; i++) {
		size_t index;

		if (!pointer_set_add(set, r->found[i].pointer, &index) || index != i)
			return false;
	}
	return true;
}

static void
list_pointers(struct reading *ret, const struct bind *bind, struct arena *arena)
{
	ret->found = arena_new(arena, bind->count * sizeof(*ret->found));
	ret->count = 0;
	for (size_t i = 0; i < bind->count; i++) {
		if (bind->parts[i]->kind == PART_BODY_POINTER)
			ret->found[ret->count++].pointer = bind->parts[i]->name;
	}
}

static enum fault
read_body(struct reading *ret, const struct bindable *b, struct arena *arena)
{
	enum method method = b->request->method;
	struct pointer_set *set;
	enum fault fault;

	/* What has no body by its method lacks every value plainly. */
	if (b->body.len == 0 &&
	    (method == METHOD_GET || method == METHOD_HEAD || method == METHOD_OPTIONS))
		return FAULT_NONE;
	fault = check_body(b);
	if (fault != FAULT_NONE)
		return fault;
	set = pointer_set_new();
	fault = add_pointers(set, ret) ? scan(ret, b, set, arena) : FAULT_BODY_UNREADABLE;
	pointer_set_free(set);
	return fault;
}

/* Signed by itself, a value must be the one that every upstream finds. */
static enum fault
keep_values(struct bound *ret, const struct reading *r, struct arena *arena)
{
	ret->scope = BODY_SCOPE_VALUES;
	ret->values = arena_new(arena, r->count * sizeof(*ret->values));
	ret->value_count = r->count;
	for (size_t i = 0; i < r->count; i++) {
		const struct found *f = &r->found[i];

		if (f->fact.found == JSON_DOUBTFUL)
			return FAULT_BODY_AMBIGUOUS;
		ret->values[i].pointer = f->pointer;
		ret->values[i].is_present = f->fact.found == JSON_FOUND;
		ret->values[i].json = f->fact.raw;
	}
	return FAULT_NONE;
}

/* In the order of the body, the outer one first where one holds another. */
static bool
stands_before(struct span a, struct span b)
{
	return a.ptr < b.ptr || (a.ptr == b.ptr && a.len > b.len);
}

/* Only what is certainly there is taken out: what is doubtful stays signed. */
static void
sort_found(struct reading *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->count; i++) {
		struct found moved = r->found[i];
		size_t at = count;

		if (moved.fact.found != JSON_FOUND)
			continue;
		while (at > 0 && stands_before(moved.fact.raw, r->found[at - 1].fact.raw)) {
			r->found[at] = r->found[at - 1];
			at--;
		}
		r->found[at] = moved;
		count++;
	}
	r->count = count;
}

static void
cut_values(struct bound *ret, struct reading *r, struct span body, struct arena *arena)
{
	char *left = arena_new(arena, body.len);
	size_t from = 0, len = 0;

	sort_found(r);
	ret->scope = r->count ? BODY_SCOPE_CUT : BODY_SCOPE_WHOLE;
	ret->cuts = arena_new(arena, r->count * sizeof(*ret->cuts));
	for (size_t i = 0; i < r->count; i++) {
		struct span raw = r->found[i].fact.raw;
		size_t at = (size_t)(raw.ptr - body.ptr);

		if (at < from)
			continue; /* within the one before */
		memcpy(left + len, body.ptr + from, at - from);
		len += at - from;
		from = at + raw.len;
		ret->cuts[ret->cut_count++] = (struct bound_cut){r->found[i].pointer, len};
	}
	if (body.len > from)
		memcpy(left + len, body.ptr + from, body.len - from);
	ret->body = span_of(left, len + body.len - from);
}

enum fault
bound_body_read(struct bound *ret, const struct bindable *b, struct arena *arena)
{
	bool is_list = ret->bind->mode == BIND_PARTS;
	bool is_whole = bound_names(ret, PART_BODY) == is_list;
	struct reading r = {NULL, 0};
	enum fault fault;

	if (bound_names(ret, PART_BODY) || !bound_names(ret, PART_BODY_POINTER)) {
		ret->scope = is_whole ? BODY_SCOPE_WHOLE : BODY_SCOPE_NONE;
		ret->body = is_whole ? b->body : SPAN_NONE;
	} else {
		list_pointers(&r, ret->bind, arena);
		fault = read_body(&r, b, arena);
		if (fault != FAULT_NONE)
			return fault;
		if (is_list)
			return keep_values(ret, &r, arena);
		cut_values(ret, &r, b->body, arena);
	}
	if (ret->scope == BODY_SCOPE_WHOLE)
		ret->body_sha256 = digest_of(ret->body);
	return FAULT_NONE;
}
