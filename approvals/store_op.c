/* Operations of the store: their life, their scripts, and what comes back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/store_op.h"

#include <stdio.h>
#include <stdlib.h>

#include "approvals/store_record.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

/* What prelude.lua takes from the front of ARGV. */
enum { PRELUDE_ARGS = 4, ARGS_MAX = 32 + VOTES_MAX, FORGED_MAX = 4096 };

void
op_begin(struct store *s, struct store_op *op, void *owner, void (*fail)(struct store_op *op),
         void (*clear)(struct store_op *op))
{
	op->store = s;
	op->owner = owner;
	op->fail = fail;
	op->clear = clear;
	list_add_last(&s->ops, &op->node);
}

static void
op_free(struct store_op *op)
{
	if (op->clear)
		op->clear(op);
	arena_clear(&op->arena);
	free(op);
}

void
op_end(struct store_op *op)
{
	list_remove(&op->node);
	op_free(op);
}

static void
on_deferred(void *arg)
{
	struct store_op *op = arg;

	op->is_deferred = false;
	if (op->store)
		op->fail(op);
	else
		op_free(op);
}

void
op_fail_later(struct store_op *op)
{
	op->is_deferred = true;
	loop_defer(op->store->loop, on_deferred, op);
}

void
ops_drop(struct store *s)
{
	while (!list_is_empty(&s->deciding))
		list_remove(s->deciding.next);
	while (!list_is_empty(&s->ops)) {
		struct store_op *op = LIST_ENTRY(s->ops.next, struct store_op, node);

		list_remove(&op->node);
		op->store = NULL;
		record_forget(s->ring, op);
		if (!op->is_deferred)
			op_free(op);
	}
}

void
store_forget(struct store_op **op)
{
	if (!*op)
		return;
	(*op)->is_forgotten = true;
	*op = NULL;
}

struct span
number_text(struct arena *arena, int64_t number)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%lld", (long long)number);

	return arena_copy(arena, span_of(text, (size_t)len));
}

struct span
sources_text(struct arena *arena, enum approval_event event)
{
	struct buf text = BUF_INIT(200);
	struct span copy;

	approval_sources(event, &text);
	copy = arena_copy(arena, buf_span(&text));
	buf_clear(&text);
	return copy;
}

void
store_run(struct store *s, enum script script, const struct span *args, size_t count,
          reply_fn *fn, void *owner)
{
	struct span all[1 + PRELUDE_ARGS + ARGS_MAX];
	struct arena arena = {0};
	struct buf fresh = BUF_INIT(EPOCH_ID_LEN);
	unsigned char noise[EPOCH_ID_LEN / 2];
	struct redis_command command = {
		.script = &s->scripts[script],
		.args = all,
		.count = 1 + PRELUDE_ARGS + count,
		.key_count = 1,
	};

	random_fill(noise, sizeof(noise));
	hex_add(&fresh, span_of(noise, sizeof(noise)));
	all[0] = span_cstr(s->prefix);
	all[1] = s->is_kept ? SPAN("kept") : SPAN("replication");
	all[2] = span_cstr(s->epoch);
	all[3] = buf_span(&fresh);
	all[4] = number_text(&arena, clock_wall().us);
	for (size_t i = 0; i < count; i++)
		all[1 + PRELUDE_ARGS + i] = args[i];
	redis_send(s->link, &command, fn, owner);
	buf_clear(&fresh);
	arena_clear(&arena);
}

/* status, clock, epoch, replicas, whether the server is alone */
enum { AT_STATUS, AT_CLOCK, AT_EPOCH, AT_REPLICAS, AT_ALONE };

static void
learn_epoch(struct store *s, const struct resp *reply)
{
	struct span epoch = resp_text(resp_at(reply, AT_EPOCH));

	if (epoch.len > EPOCH_MAX || span_eq(epoch, span_cstr(s->epoch)))
		return;
	if (s->epoch[0]) {
		log_warning("store.epoch", "the store has lost its past: what was agreed before "
		                           "is asked again");
		/* Not now: whoever runs a script is in the middle of something. */
		timer_set(s->waking, MS_US);
	}
	memcpy(s->epoch, epoch.ptr, epoch.len);
	s->epoch[epoch.len] = '\0';
}

/* A copy of this server could take its place: an id of its own would prove nothing then. */
static void
learn_company(struct store *s, const struct resp *reply)
{
	uint64_t replicas;

	if (span_to_u64(resp_text(resp_at(reply, AT_REPLICAS)), 1000, &replicas))
		s->replicas = (unsigned long)replicas;
	if (!s->is_kept || span_eq(resp_text(resp_at(reply, AT_ALONE)), SPAN("1")))
		return;
	s->is_kept = false;
	store_say_hello(s);
}

struct answer
store_answer(struct store *s, const struct resp *reply)
{
	struct answer a = {.kind = ANSWER_LOST, .reply = reply};
	uint64_t now;

	if (!reply)
		return a;
	a.kind = ANSWER_ERROR;
	if (resp_count(reply) < ANSWER_VALUES ||
	    !span_to_u64(resp_text(resp_at(reply, AT_CLOCK)), INT64_MAX, &now)) {
		log_warning("store.error", "%.*s", SPAN_ARG(resp_text(reply)));
		return a;
	}
	a.status = resp_text(resp_at(reply, AT_STATUS));
	a.now.us = (int64_t)now;
	learn_epoch(s, reply);
	learn_company(s, reply);
	a.kind = span_eq(a.status, SPAN("epoch"))  ? ANSWER_EPOCH
	         : span_eq(a.status, SPAN("skew")) ? ANSWER_SKEW
	                                           : ANSWER_GIVEN;
	return a;
}

struct forged {
	struct table_node node;
	char *id;
};

static void
forget_forged(struct store *s)
{
	struct table_node *node;

	while ((node = table_any(&s->forged)) != NULL) {
		struct forged *f = CONTAINER_OF(node, struct forged, node);

		table_remove(&s->forged, node);
		free(f->id);
		free(f);
	}
	table_clear(&s->forged);
}

/* Once for each: who can write Redis could fill the trail otherwise. */
void
store_report_forged(struct store *s, struct span id, const char *fault)
{
	struct forged *f;
	char text[ULID_LEN + 1] = "";

	if (ulid_is_valid(id))
		memcpy(text, id.ptr, ULID_LEN);
	if (table_find(&s->forged, span_cstr(text)))
		return;
	if (s->forged.count >= FORGED_MAX)
		forget_forged(s);
	f = memory_new(sizeof(*f));
	f->id = memory_cstr(span_cstr(text));
	f->node.key = span_cstr(f->id);
	table_add(&s->forged, &f->node);
	log_error("store.forged", "approval %s does not verify: %s", text, fault);
	store_record_id(s, RECORD_STORE_FORGED, text, NULL, fault);
}

void
store_forged_clear(struct store *s)
{
	forget_forged(s);
}

static struct stored_check
check_of(const struct store *s, struct span id)
{
	return (struct stored_check){
		.keys = s->keys,
		.namespace = span_cstr(s->namespace),
		.epoch = span_cstr(s->epoch),
		.id = id,
	};
}

struct stored *
store_verify(struct store *s, const struct resp *record, struct span id)
{
	struct stored_check check = check_of(s, id);
	const char *fault = NULL;
	struct stored *stored = stored_read(record, &check, &fault);

	if (!stored) {
		store_report_forged(s, id.len ? id : resp_text(resp_at(record, 0)), fault);
		return NULL;
	}
	stored->known = spent_log_look(s->spent, stored->request.id);
	if (stored->facts.is_denied)
		spent_log_add_no(s->spent, stored->request.id, stored->request.expires_at);
	/* Redis may not have heard of it yet, or may hide it; without a yes nothing was used. */
	if (stored->facts.is_met && stored->known.has_unknown)
		stored->has_review = true;
	return stored;
}

struct stored *
store_verify_own(struct store *s, struct span sealed)
{
	struct stored_check check = check_of(s, SPAN_NONE);

	return stored_opened(sealed, &check);
}

void
view_fill(struct approval_view *view, const struct stored *stored, struct wall now)
{
	const struct signed_decision *denial = stored_denial(stored);

	*view = (struct approval_view){
		.state = stored_state(stored, now),
		.have = stored->tally.have,
		.need = stored->tally.need,
		.uses_left = stored->facts.uses_left,
		.has_review = stored->has_review,
		.created_at = stored->request.created_at,
		.reason = denial ? denial->reason : SPAN_NONE,
		.rule = stored->request.rule,
		.site = stored->request.site,
	};
	memcpy(view->id, stored->request.id, sizeof(view->id));
	binding_code(&stored->request.binding, view->code);
	view->expires_at = stored_until(stored, view->state);
	view->detail = stored_detail(stored, view->state);
}

void
view_clear(struct approval_view *view)
{
	json_decref(view->detail);
	view->detail = NULL;
}

bool
store_is_requester(const struct approval_view *view, const struct person *person,
                   struct span secret)
{
	const json_t *requester = json_object_get(view->detail, "requester");
	struct digest expected, given = digest_of(secret);
	struct span user;

	if (sealed_get_string(requester, "user", &user))
		return person_is_named(person) && span_eq(user, person->user);
	return sealed_get_digest(view->detail, "secret_sha256", &expected) &&
	       digest_eq(&expected, &given);
}
