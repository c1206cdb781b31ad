/* What of a query is bound: all of it, all but some parameters, or some parameters only. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/bound_query.h"

#include "audit/redact.h"
#include "lib/http/parameters.h"

struct reading {
	const struct bind *bind;
	struct span secret; /* keys the digests of secret values */
	struct span query;
	struct arena *arena;
	struct buf text;    /* what is bound of it */
	size_t kept;        /* parameters in `text` */
};

/* "token=..." and its like, with each secret value as its keyed digest: approvers, Redis
 * and the trail never see one, and another value is another binding all the same. */
static void
keep(struct reading *r, struct span part)
{
	size_t equals = span_find(part, '=');

	if (r->kept++)
		buf_addc(&r->text, '&');
	if (equals + 1 >= part.len || !name_is_secret(span_of(part.ptr, equals))) {
		buf_add(&r->text, part);
		return;
	}
	buf_add(&r->text, span_of(part.ptr, equals + 1));
	buf_add(&r->text, bound_keyed(r->secret, span_from(part, equals + 1), r->arena));
}

/*
 * What a parameter is must be certain, or the whole query is bound: a variant of its name,
 * or a ';', may be the parameter to the upstream, and what is left out be another one.
 */
static enum fault
check_named(const struct reading *r, bool *ret_is_certain)
{
	struct parameter p;

	*ret_is_certain = true;
	for (size_t i = 0; i < r->bind->count; i++) {
		enum parameter_found found;

		if (r->bind->parts[i]->kind != PART_QUERY_NAME)
			continue;
		found = parameter_find(r->query, r->bind->parts[i]->name, false, r->arena, &p);
		if (found == PARAMETER_REPEATED)
			return FAULT_QUERY_REPEATED;
		if (found == PARAMETER_DOUBTFUL || (found == PARAMETER_FOUND && p.is_opaque))
			*ret_is_certain = false;
	}
	return FAULT_NONE;
}

static bool
is_of(const struct reading *r, struct span part, const struct bind_part *named)
{
	struct parameter p;

	return named->kind == PART_QUERY_NAME &&
	       parameter_find(part, named->name, false, r->arena, &p) == PARAMETER_FOUND;
}

static bool
is_named(const struct reading *r, struct span part)
{
	for (size_t i = 0; i < r->bind->count; i++) {
		if (is_of(r, part, r->bind->parts[i]))
			return true;
	}
	return false;
}

static void
keep_unnamed(struct reading *r)
{
	struct span rest = r->query, part;

	while (span_cut(&rest, '&', &part)) {
		if (!is_named(r, part))
			keep(r, part);
	}
}

/* In the order of the bind: that of the query means nothing to a parameter by itself. */
static void
keep_named(struct reading *r)
{
	for (size_t i = 0; i < r->bind->count; i++) {
		struct span rest = r->query, part;

		while (span_cut(&rest, '&', &part)) {
			if (is_of(r, part, r->bind->parts[i]))
				keep(r, part);
		}
	}
}

static void
keep_all(struct reading *r)
{
	struct span rest = r->query, part;

	while (span_cut(&rest, '&', &part))
		keep(r, part);
}

static enum fault
read_named(struct reading *r, const struct request *request, bool *ret_has_query)
{
	bool is_certain;
	enum fault fault = check_named(r, &is_certain);

	*ret_has_query = request->has_query;
	if (fault != FAULT_NONE)
		return fault;
	if (!is_certain)
		keep_all(r);
	else if (r->bind->mode == BIND_PARTS)
		keep_named(r);
	else
		keep_unnamed(r);
	/* With its last parameter the query goes: "/a?nonce=1" is "/a" without the nonce. */
	if (r->query.len || r->bind->mode == BIND_PARTS)
		*ret_has_query = r->kept > 0;
	return FAULT_NONE;
}

enum fault
bound_query_read(struct bound *ret, const struct bindable *b, struct arena *arena)
{
	bool is_list = ret->bind->mode == BIND_PARTS;
	enum fault fault = FAULT_NONE;
	struct reading r = {
		.bind = ret->bind,
		.secret = b->binding_secret,
		.query = b->request->query,
		.arena = arena,
		.text = BUF_INIT(SIZE_MAX / 4),
	};

	if (!bound_names(ret, PART_QUERY) && bound_names(ret, PART_QUERY_NAME)) {
		fault = read_named(&r, b->request, &ret->has_query);
	} else if (bound_names(ret, PART_QUERY) == is_list) {
		keep_all(&r);
		ret->has_query = b->request->has_query;
	}
	ret->query = arena_copy(arena, buf_span(&r.text));
	buf_clear(&r.text);
	return fault;
}
