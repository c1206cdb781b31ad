/* A store of approvals in memory, and a trail that only remembers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/admin/fake_store.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/memory.h"

enum kind { KIND_READ, KIND_LIST, KIND_DECIDE, KIND_CANCEL };

struct store_op {
	struct store *store;
	enum kind kind;
	void *owner;
	bool is_forgotten;
	union {
		read_fn *read;
		list_fn *list;
		decide_fn *decide;
	} fn;
	char id[APPROVAL_ID_LEN + 1];
	enum approval_state state;
	bool approves;
	char user[64];
};

static const char *
text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static json_t *
find(const struct store *s, const char *id)
{
	for (size_t i = 0; i < json_array_size(s->approvals); i++) {
		json_t *approval = json_array_get(s->approvals, i);

		if (strcmp(text(approval, "id"), id) == 0)
			return approval;
	}
	return NULL;
}

static struct approval_view
view_of(json_t *approval)
{
	struct approval_view view = {.detail = approval};

	snprintf(view.id, sizeof(view.id), "%s", text(approval, "id"));
	if (!approval_state_read(span_cstr(text(approval, "state")), &view.state))
		abort();
	return view;
}

static bool
is_requester(const json_t *approval, const char *user)
{
	return strcmp(text(json_object_get(approval, "requester"), "user"), user) == 0;
}

bool
store_is_requester(const struct approval_view *view, const struct person *person,
                   struct span secret)
{
	(void)secret;
	return span_eq(person->user,
	               span_cstr(text(json_object_get(view->detail, "requester"), "user")));
}

static void
run_list(struct store_op *op)
{
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(op->store->approvals); i++) {
		json_t *approval = json_array_get(op->store->approvals, i);

		if (op->state == APPROVAL_STATE_COUNT || view_of(approval).state == op->state)
			json_array_append(list, approval);
	}
	op->fn.list(op->owner, op->store->is_away ? READ_UNAVAILABLE : READ_FOUND, list, SPAN_NONE);
	json_decref(list);
}

static enum decide_result
decide(struct store_op *op, json_t *approval)
{
	/* Everybody who asks is in the group; the endpoint has looked who sees it. */
	if (is_requester(approval, op->user))
		return DECIDE_SELF;
	if (strcmp(op->user, "aud") == 0)
		return DECIDE_INELIGIBLE;
	if (view_of(approval).state != APPROVAL_PENDING)
		return DECIDE_SETTLED;
	json_object_set_new(approval, "state", json_string(op->approves ? "approved" : "denied"));
	op->store->decisions++;
	return DECIDE_DONE;
}

static void
run_one(struct store_op *op)
{
	json_t *approval = find(op->store, op->id);
	struct approval_view view = approval ? view_of(approval) : (struct approval_view){0};
	enum decide_result result = DECIDE_UNKNOWN;

	if (op->kind == KIND_DECIDE) {
		if (approval) {
			result = decide(op, approval);
			view = view_of(approval);
		}
		op->fn.decide(op->owner, result, &view);
		return;
	}
	if (op->kind == KIND_CANCEL && approval) {
		json_object_set_new(approval, "state", json_string("cancelled"));
		view = view_of(approval);
	}
	op->fn.read(op->owner,
	            op->store->is_away ? READ_UNAVAILABLE : approval ? READ_FOUND : READ_UNKNOWN,
	            &view);
}

static void
run(void *arg)
{
	struct store_op *op = arg;

	if (!op->is_forgotten && op->kind == KIND_LIST)
		run_list(op);
	else if (!op->is_forgotten)
		run_one(op);
	free(op);
}

static struct store_op *
begin(struct store *s, enum kind kind, const char *id, void *owner)
{
	struct store_op *op = memory_new(sizeof(*op));

	op->store = s;
	op->kind = kind;
	op->owner = owner;
	snprintf(op->id, sizeof(op->id), "%s", id);
	loop_defer(s->loop, run, op);
	return op;
}

struct store_op *
store_read(struct store *s, const char *id, read_fn *fn, void *owner)
{
	struct store_op *op = begin(s, KIND_READ, id, owner);

	op->fn.read = fn;
	return op;
}

struct store_op *
store_list(struct store *s, enum approval_state state, struct span cursor, size_t page,
           list_fn *fn, void *owner)
{
	struct store_op *op = begin(s, KIND_LIST, "", owner);

	(void)cursor;
	(void)page;
	op->fn.list = fn;
	op->state = state;
	return op;
}

struct store_op *
store_cancel(struct store *s, const char *id, const struct person *by, read_fn *fn, void *owner)
{
	struct store_op *op = begin(s, KIND_CANCEL, id, owner);

	(void)by;
	op->fn.read = fn;
	return op;
}

struct store_op *
store_decide(struct store *s, const struct decision *decision, decide_fn *fn, void *owner)
{
	struct store_op *op = begin(s, KIND_DECIDE, decision->id, owner);

	op->fn.decide = fn;
	op->approves = decision->approves;
	snprintf(op->user, sizeof(op->user), "%.*s", SPAN_ARG(decision->by->user));
	snprintf(s->reason, sizeof(s->reason), "%.*s", SPAN_ARG(decision->reason));
	return op;
}

void
store_forget(struct store_op **op)
{
	if (*op)
		(*op)->is_forgotten = true;
	*op = NULL;
}

bool
store_is_up(const struct store *s)
{
	return !s->is_away;
}

static struct buf records = {.max = 1 << 20};
static struct emit record;

struct buf *
fake_records(void)
{
	return &records;
}

struct emit *
record_begin(struct audit_ring *ring, enum record_code code, struct wall now)
{
	static const char *const names[] = {
#define RECORD(name, event, code, severity) event,
#include "audit/records.def"
#undef RECORD
	};

	(void)ring;
	(void)now;
	record = EMIT_INTO(&records);
	emit_object(&record);
	emit_member_cstr(&record, "event", names[code]);
	return &record;
}

void
record_end(struct audit_ring *ring)
{
	(void)ring;
	emit_object_end(&record);
	buf_addc(&records, '\n');
}

bool
audit_is_well(const struct audit *audit)
{
	(void)audit;
	return true;
}

uint64_t
audit_lines_written(const struct audit *audit)
{
	(void)audit;
	return 42;
}
