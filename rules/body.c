/* What rules can know of a body. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/body.h"

#include "lib/http/media_type.h"
#include "lib/http/parameters.h"

static bool
method_needs_none(enum method method)
{
	return method == METHOD_GET || method == METHOD_HEAD || method == METHOD_OPTIONS;
}

bool
body_is_absent(const struct request *r)
{
	bool is_empty = r->framing.kind == BODY_NONE ||
	                (r->framing.kind == BODY_SIZED && r->framing.length == 0);

	return is_empty && method_needs_none(r->method);
}

void
body_facts_fault(struct body_facts *ret, enum fault fault)
{
	*ret = (struct body_facts){.fault = fault};
}

static bool
is_plain(const struct head *h)
{
	size_t count = 0;

	if (!h || !head_find(h, SPAN("content-encoding"), &count))
		return true;
	return count == 1 &&
	       span_eq_nocase(head_value(h, FIELD_CONTENT_ENCODING), SPAN("identity"));
}

static void
read_json(struct body_facts *ret, const struct pointer_set *pointers, struct span body,
          struct arena *arena)
{
	size_t count = pointer_set_count(pointers);
	struct json_fact *facts = arena_new(arena, count * sizeof(*facts));
	enum json_flaw flaw = json_scan(body, pointers, facts, arena);

	ret->form = BODY_IS_JSON;
	ret->facts = facts;
	if (flaw == JSON_FLAW_DUPLICATE)
		ret->fault = FAULT_BODY_AMBIGUOUS;
	else if (flaw != JSON_FLAW_NONE)
		ret->fault = FAULT_BODY_UNREADABLE;
}

void
body_facts_read(struct body_facts *ret, const struct pointer_set *pointers,
                const struct request *r, struct span body, struct arena *arena)
{
	struct span type = r->head ? head_value(r->head, FIELD_CONTENT_TYPE) : SPAN_NONE;

	*ret = (struct body_facts){.form = BODY_IS_ABSENT};
	if (body.len == 0 && method_needs_none(r->method))
		return;
	if (!is_plain(r->head)) {
		ret->fault = FAULT_CONTENT_CODING;
		return;
	}
	if (body.len == 0) {
		ret->fault = FAULT_BODY_UNREADABLE;
		return;
	}
	switch (media_type_of(type)) {
	case MEDIA_JSON:
		read_json(ret, pointers, body, arena);
		break;
	case MEDIA_FORM:
		ret->form = BODY_IS_FORM;
		ret->text = body;
		ret->fault = form_check(body);
		break;
	case MEDIA_OTHER:
		ret->fault = FAULT_CONTENT_TYPE;
		break;
	}
}

const struct json_fact *
body_facts_at(const struct body_facts *facts, size_t pointer)
{
	if (!facts || facts->fault != FAULT_NONE || facts->form != BODY_IS_JSON)
		return NULL;
	return &facts->facts[pointer];
}
