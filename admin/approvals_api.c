/* Routes over approvals: list, show, withdraw. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/approvals_api.h"

#include <stdio.h>
#include <stdlib.h>

enum { LIST_PAGE = 50 };

bool
approvals_read_state(const struct form *query, enum approval_state otherwise,
                     enum approval_state *ret)
{
	struct span text = form_value(query, SPAN("state"));

	*ret = otherwise;
	if (!form_has(query, SPAN("state")) || approval_state_read(text, ret))
		return true;
	*ret = APPROVAL_STATE_COUNT;
	return span_eq(text, SPAN("all"));
}

/* People see what they asked for or may decide; of the rest they do not even learn that
 * it exists. */
static void
on_list(void *owner, enum read_result result, json_t *approvals, struct span next)
{
	struct admin_call *c = owner;
	json_t *seen, *body;

	c->op = NULL;
	if (result != READ_FOUND) {
		call_problem(c, PROBLEM_STORE_UNAVAILABLE, "");
		return;
	}
	seen = json_array();
	for (size_t i = 0; i < json_array_size(approvals); i++) {
		json_t *approval = json_array_get(approvals, i);

		if (call_visibility(c, approval).may_see)
			json_array_append(seen, approval);
	}
	body = json_pack("{s:o}", "approvals", seen);
	json_object_set_new(body, "next",
	                    next.len ? json_stringn(next.ptr, next.len) : json_null());
	call_answer_json(c, 200, body);
}

void
approvals_api_list(struct admin_call *c)
{
	static const struct span names[] = {SPAN("state"), SPAN("cursor")};
	enum approval_state state;
	struct form query;

	if (!call_read_query(c, &query))
		return;
	if (!form_has_only(&query, names, ARRAY_LEN(names))) {
		call_problem(c, PROBLEM_QUERY, "The query takes state and cursor, and nothing else.");
		return;
	}
	if (form_has(&query, SPAN("cursor")) &&
	    !route_is_id(form_value(&query, SPAN("cursor")))) {
		call_problem(c, PROBLEM_QUERY, "cursor is what a list gave as next.");
		return;
	}
	if (!approvals_read_state(&query, APPROVAL_STATE_COUNT, &state)) {
		call_problem(c, PROBLEM_QUERY,
		             "state is pending, approved, spent, denied, expired, cancelled, "
		             "revoked, superseded or all.");
		return;
	}
	c->op = store_list(c->admin->parts.store, state, form_value(&query, SPAN("cursor")),
	                   LIST_PAGE, on_list, c);
}

/* Whether the client has this version; "*" is any. */
static bool
has_version(struct span if_none_match, struct span etag)
{
	struct span part;

	while (span_cut(&if_none_match, ',', &part)) {
		part = span_trim(part);
		if (span_starts(part, SPAN("W/")))
			part = span_from(part, 2);
		if (span_eq(part, etag) || span_eq(part, SPAN("*")))
			return true;
	}
	return false;
}

static void
answer_with_etag(struct admin_call *c, const json_t *approval)
{
	char *text = json_dumps(approval, JSON_COMPACT | JSON_ENSURE_ASCII);
	struct digest digest = digest_of(span_cstr(text));
	char hex[DIGEST_HEX + 1], etag[40];

	digest_hex(&digest, hex);
	snprintf(etag, sizeof(etag), "\"%.32s\"", hex);
	call_field(c, "ETag", span_cstr(etag));
	if (has_version(c->if_none_match, span_cstr(etag)))
		call_answer(c, 304, NULL, SPAN_NONE);
	else
		call_answer(c, 200, "application/json", span_cstr(text));
	free(text);
}

/* Of what the store has read: whether this person may see it, or is told why not. */
static bool
is_shown(struct admin_call *c, enum read_result result, const struct approval_view *view)
{
	c->op = NULL;
	if (result == READ_UNAVAILABLE)
		call_problem(c, PROBLEM_STORE_UNAVAILABLE, "");
	else if (result == READ_UNKNOWN || !call_visibility(c, view->detail).may_see)
		call_problem(c, PROBLEM_NOT_FOUND, "");
	else
		return true;
	return false;
}

static void
read_named(struct admin_call *c, read_fn *fn)
{
	char id[APPROVAL_ID_LEN + 1];

	snprintf(id, sizeof(id), "%.*s", SPAN_ARG(c->id));
	c->op = store_read(c->admin->parts.store, id, fn, c);
}

static void
on_show(void *owner, enum read_result result, const struct approval_view *view)
{
	struct admin_call *c = owner;

	if (is_shown(c, result, view))
		answer_with_etag(c, view->detail);
}

void
approvals_api_show(struct admin_call *c)
{
	read_named(c, on_show);
}

static void
on_cancelled(void *owner, enum read_result result, const struct approval_view *view)
{
	struct admin_call *c = owner;

	c->op = NULL;
	if (result == READ_UNAVAILABLE)
		call_problem(c, PROBLEM_STORE_UNAVAILABLE, "");
	else if (result == READ_UNKNOWN)
		call_problem(c, PROBLEM_SETTLED, "It was settled meanwhile.");
	else
		call_answer_json(c, 200, json_incref(view->detail));
}

static bool
is_open(enum approval_state state)
{
	return state == APPROVAL_PENDING || state == APPROVAL_APPROVED;
}

/* Who asked takes it back, by the way that is open to people without the caller's token. */
static void
on_seen_by_requester(void *owner, enum read_result result, const struct approval_view *view)
{
	struct admin_call *c = owner;

	if (!is_shown(c, result, view))
		return;
	if (!store_is_requester(view, &c->person, SPAN_NONE))
		call_problem(c, PROBLEM_NOT_REQUESTER, "To say no, deny it.");
	else if (!is_open(view->state))
		call_problem_state(c, PROBLEM_SETTLED, "There is nothing left to withdraw.",
		                   approval_state_name(view->state));
	else
		c->op = store_cancel(c->admin->parts.store, view->id, &c->person, on_cancelled, c);
}

void
approvals_api_cancel(struct admin_call *c)
{
	read_named(c, on_seen_by_requester);
}
