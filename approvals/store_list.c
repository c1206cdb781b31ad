/* Reading, listing, withdrawing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "approvals/store_op.h"
#include "lib/base/memory.h"

enum { PAGE_MAX = 200, PAGE_BYTES = 8 * 1024 * 1024, TRIES_MAX = 4 };

struct read_op {
	struct store_op op;
	union {
		read_fn *one;
		list_fn *page;
	} fn;
	char id[ULID_LEN + 1];
	bool withdraws, has_withdrawn;
	struct span mark;        /* of the withdrawal */
	struct person by;
	struct span cursor;
	enum approval_state state;
	size_t page;
	unsigned tries;
};

static void read_look(struct read_op *r);

static struct read_op *
read_of(struct store_op *op)
{
	return CONTAINER_OF(op, struct read_op, op);
}

static void
finish(struct read_op *r, enum read_result result, const struct approval_view *view)
{
	if (!r->op.is_forgotten)
		r->fn.one(r->op.owner, result, view);
	op_end(&r->op);
}

static void
read_fail(struct store_op *op)
{
	finish(read_of(op), READ_UNAVAILABLE, NULL);
}

static void
read_unknown(struct store_op *op)
{
	finish(read_of(op), READ_UNKNOWN, NULL);
}

static void
finish_with(struct read_op *r, const struct stored *stored)
{
	struct approval_view view;

	view_fill(&view, stored, clock_wall());
	finish(r, READ_FOUND, &view);
	view_clear(&view);
}

/* Whose secret it is has been asked before; here an unnamed one is as good as another. */
static bool
is_by_requester(const struct read_op *r, const struct stored *stored)
{
	const struct person *requester = &stored->request.requester;

	if (!person_is_named(requester))
		return !person_is_named(&r->by);
	return person_is_named(&r->by) && span_eq(requester->user, r->by.user);
}

static void
on_withdrawn(void *owner, const struct resp *reply)
{
	struct read_op *r = owner;
	struct answer answer = store_answer(r->op.store, reply);

	if (answer.kind != ANSWER_GIVEN) {
		finish(r, READ_UNAVAILABLE, NULL);
		return;
	}
	if (!span_eq(answer.status, SPAN("done"))) {
		finish(r, READ_UNKNOWN, NULL);
		return;
	}
	r->has_withdrawn = true;
	r->mark = arena_copy(&r->op.arena, resp_text(resp_at(reply, ANSWER_VALUES)));
	read_look(r);
}

static void
withdraw(struct read_op *r, const struct stored *stored)
{
	struct arena *arena = &r->op.arena;
	enum approval_state from = stored_state(stored, clock_wall()), to;
	struct span args[5];

	if (!is_by_requester(r, stored) || !approval_move(from, APPROVAL_EVENT_WITHDRAWN, &to)) {
		finish(r, READ_UNKNOWN, NULL);
		return;
	}
	args[0] = span_cstr(r->id);
	args[1] = stored->sealed;
	args[2] = sources_text(arena, APPROVAL_EVENT_WITHDRAWN);
	args[3] = span_cstr(approval_state_name(to));
	args[4] = span_cstr(approval_event_name(APPROVAL_EVENT_WITHDRAWN));
	store_run(r->op.store, SCRIPT_CANCEL, args, ARRAY_LEN(args), on_withdrawn, r);
}

static void
on_look(void *owner, const struct resp *reply)
{
	struct read_op *r = owner;
	struct store *s = r->op.store;
	struct answer answer = store_answer(s, reply);
	struct stored *stored = NULL;

	if (answer.kind == ANSWER_EPOCH) {
		read_look(r);
		return;
	}
	if (answer.kind != ANSWER_GIVEN) {
		finish(r, READ_UNAVAILABLE, NULL);
		return;
	}
	if (span_eq(answer.status, SPAN("found")))
		stored = store_verify(s, resp_at(reply, ANSWER_VALUES), span_cstr(r->id));
	if (stored && r->has_withdrawn)
		transition_record(s, r->mark, stored);
	if (!stored)
		finish(r, READ_UNKNOWN, NULL);
	else if (r->withdraws && !r->has_withdrawn)
		withdraw(r, stored);
	else
		finish_with(r, stored);
	stored_free(stored);
}

static void
read_look(struct read_op *r)
{
	struct span args[] = {span_cstr(r->id), SPAN(""), SPAN("0")};

	if (++r->tries > TRIES_MAX) {
		op_fail_later(&r->op);
		return;
	}
	store_run(r->op.store, SCRIPT_LOOK, args, ARRAY_LEN(args), on_look, r);
}

static struct read_op *
read_new(struct store *s, const char *id, read_fn *fn, void *owner)
{
	struct read_op *r = memory_new(sizeof(*r));
	bool is_id = ulid_is_valid(span_cstr(id));

	op_begin(s, &r->op, owner, is_id ? read_fail : read_unknown, NULL);
	r->fn.one = fn;
	if (is_id)
		memcpy(r->id, id, ULID_LEN);
	return r;
}

static struct store_op *
read_begin(struct read_op *r)
{
	if (!r->id[0] || !r->op.store->is_ready)
		op_fail_later(&r->op);
	else
		read_look(r);
	return &r->op;
}

struct store_op *
store_read(struct store *s, const char *id, read_fn *fn, void *owner)
{
	return read_begin(read_new(s, id, fn, owner));
}

struct store_op *
store_cancel(struct store *s, const char *id, const struct person *by, read_fn *fn, void *owner)
{
	struct read_op *r = read_new(s, id, fn, owner);

	r->withdraws = true;
	r->by = person_copy(by, &r->op.arena);
	return read_begin(r);
}

static void list_send(struct read_op *r);

static void
list_finish(struct read_op *r, enum read_result result, json_t *approvals, struct span next)
{
	if (!r->op.is_forgotten)
		r->fn.page(r->op.owner, result, approvals, next);
	json_decref(approvals);
	op_end(&r->op);
}

static void
list_fail(struct store_op *op)
{
	list_finish(read_of(op), READ_UNAVAILABLE, NULL, SPAN_NONE);
}

/* By the state it is in now: an index may not have noticed yet that time is up. */
static void
add_to_page(struct read_op *r, json_t *approvals, const struct resp *record)
{
	struct stored *stored = store_verify(r->op.store, record, SPAN_NONE);
	enum approval_state state;

	if (!stored)
		return;
	state = stored_state(stored, clock_wall());
	if (r->state == APPROVAL_STATE_COUNT || r->state == state)
		json_array_append_new(approvals, stored_detail(stored, state));
	stored_free(stored);
}

static void
on_page(void *owner, const struct resp *reply)
{
	struct read_op *r = owner;
	struct answer answer = store_answer(r->op.store, reply);
	const struct resp *records = resp_at(reply, ANSWER_VALUES + 1);
	json_t *approvals;

	if (answer.kind == ANSWER_EPOCH) {
		list_send(r);
		return;
	}
	if (answer.kind != ANSWER_GIVEN) {
		list_finish(r, READ_UNAVAILABLE, NULL, SPAN_NONE);
		return;
	}
	approvals = json_array();
	for (size_t i = 0; i < resp_count(records); i++)
		add_to_page(r, approvals, resp_at(records, i));
	list_finish(r, READ_FOUND, approvals, resp_text(resp_at(reply, ANSWER_VALUES)));
}

static void
list_send(struct read_op *r)
{
	struct arena *arena = &r->op.arena;
	struct span args[] = {
		r->state == APPROVAL_STATE_COUNT ? SPAN("all")
		                                 : span_cstr(approval_state_name(r->state)),
		r->cursor,
		number_text(arena, (int64_t)r->page),
		number_text(arena, PAGE_BYTES),
	};

	if (++r->tries > TRIES_MAX) {
		op_fail_later(&r->op);
		return;
	}
	store_run(r->op.store, SCRIPT_LIST, args, ARRAY_LEN(args), on_page, r);
}

struct store_op *
store_list(struct store *s, enum approval_state state, struct span cursor, size_t page,
           list_fn *fn, void *owner)
{
	struct read_op *r = memory_new(sizeof(*r));

	op_begin(s, &r->op, owner, list_fail, NULL);
	r->fn.page = fn;
	r->state = state;
	/* What is not a cursor of ours begins at the beginning. */
	if (ulid_is_valid(cursor))
		r->cursor = arena_copy(&r->op.arena, cursor);
	r->page = page > 0 && page < PAGE_MAX ? page : PAGE_MAX;
	if (!s->is_ready)
		op_fail_later(&r->op);
	else
		list_send(r);
	return &r->op;
}
