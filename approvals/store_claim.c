/* Claiming: one use, of what this thread has verified, at most once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "approvals/store_op.h"
#include "lib/base/memory.h"

enum { GRANTED_MAX = 65536, GRANTED_BYTES_MAX = 64 * 1024 * 1024 };
/* How long a lost answer is asked for again, and how long replicas may take. */
#define CLAIM_PATIENCE (10 * SECOND_US)
#define WAIT_MS SPAN("1000")

static const char not_known[] = "claim-not-known";

/* What a grant was made of, byte for byte: a claim passes it to Redis. */
struct granted {
	struct table_node node; /* by id */
	struct list order;
	char id[ULID_LEN + 1];
	struct digest binding;
	struct arena arena;
	struct span sealed;
	struct span *votes;
	size_t vote_count;
	uint64_t uses;
	struct wall created_at, valid_until;
	size_t bytes;
	char epoch[EPOCH_MAX + 1];
};

struct claim_op {
	struct store_op op;
	struct list parked;
	claim_fn *fn;
	char id[ULID_LEN + 1];
	char claim[CLAIM_ID_LEN + 1];
	struct span waiter;
	struct granted *granted; /* our own copy */
	const char *burns;       /* why the use goes, if Redis has given it; NULL: it has not */
	struct mono patience;
};

static void
granted_free(struct granted *g)
{
	arena_clear(&g->arena);
	free(g);
}

static void
granted_remove(struct store *s, struct granted *g)
{
	table_remove(&s->granted, &g->node);
	list_remove(&g->order);
	s->granted_bytes -= g->bytes;
	granted_free(g);
}

static struct granted *
granted_find(const struct store *s, const char *id)
{
	struct table_node *node = table_find(&s->granted, span_cstr(id));

	return node ? CONTAINER_OF(node, struct granted, node) : NULL;
}

static void
copy_bytes(struct granted *g, struct span sealed, const struct span *votes, size_t count)
{
	g->sealed = arena_copy(&g->arena, sealed);
	g->votes = arena_new(&g->arena, count * sizeof(*g->votes));
	g->vote_count = count;
	g->bytes = sizeof(*g) + sealed.len;
	for (size_t i = 0; i < count; i++) {
		g->votes[i] = arena_copy(&g->arena, votes[i]);
		g->bytes += votes[i].len;
	}
}

void
granted_add(struct store *s, const struct stored *stored)
{
	struct granted *g = granted_find(s, stored->request.id);

	if (g)
		granted_remove(s, g);
	/* Who finds his grant gone asks again. */
	while (s->granted.count >= GRANTED_MAX || s->granted_bytes > GRANTED_BYTES_MAX)
		granted_remove(s, LIST_ENTRY(s->granted_order.next, struct granted, order));
	g = memory_new(sizeof(*g));
	copy_bytes(g, stored->sealed, stored->vote_bytes, stored->vote_count);
	memcpy(g->id, stored->request.id, sizeof(g->id));
	memcpy(g->epoch, s->epoch, sizeof(g->epoch));
	g->binding = stored->request.binding;
	g->uses = stored->request.requirement.uses;
	g->created_at = stored->request.created_at;
	g->valid_until = stored->facts.valid_until;
	g->node.key = span_cstr(g->id);
	table_add(&s->granted, &g->node);
	list_add_last(&s->granted_order, &g->order);
	s->granted_bytes += g->bytes;
}

void
granted_clear(struct store *s)
{
	while (!list_is_empty(&s->granted_order))
		granted_remove(s, LIST_ENTRY(s->granted_order.next, struct granted, order));
	table_clear(&s->granted);
}

static struct claim_op *
claim_of(struct store_op *op)
{
	return CONTAINER_OF(op, struct claim_op, op);
}

static void
claim_clear(struct store_op *op)
{
	struct claim_op *c = claim_of(op);

	list_remove(&c->parked);
	if (c->granted)
		granted_free(c->granted);
}

/* The grant is used up or out of date: who wants another use asks first. */
static void
drop_grant(struct claim_op *c)
{
	struct granted *g = granted_find(c->op.store, c->id);

	if (g)
		granted_remove(c->op.store, g);
}

static void
finish(struct claim_op *c, enum claim_result result)
{
	struct store *s = c->op.store;

	if (result == CLAIM_REFUSED)
		drop_grant(c);
	/* A use that was taken for somebody who has gone is burnt: it is not given back,
	 * because nobody can tell it from one that ran. */
	if (result == CLAIM_TAKEN)
		c->burns = c->op.is_forgotten ? "caller-gone" : NULL;
	if (c->burns)
		errand_burn(s, c->id, c->claim, c->burns);
	if (!c->op.is_forgotten)
		c->fn(c->op.owner, result, NULL);
	op_end(&c->op);
}

static void
claim_fail(struct store_op *op)
{
	struct claim_op *c = claim_of(op);

	/* Nothing was sent: there is nothing to burn. */
	if (!op->is_forgotten)
		c->fn(op->owner, c->granted ? CLAIM_UNAVAILABLE : CLAIM_REFUSED, NULL);
	op_end(op);
}

static void
on_spent(void *owner, bool is_durable)
{
	struct claim_op *c = owner;

	finish(c, is_durable ? CLAIM_TAKEN : CLAIM_UNAVAILABLE);
}

static void
write_spent(struct claim_op *c)
{
	struct store *s = c->op.store;
	struct spent_take take = {
		.id = c->id,
		.claim = c->claim,
		.uses = c->granted->uses,
		.last = c->granted->valid_until,
	};

	switch (spent_log_take(s->spent, &take, on_spent, c)) {
	case SPENT_TAKEN:
		if (take.uses == 1)
			drop_grant(c);
		return;
	case SPENT_USED_UP:
		/* Redis gave a use that our own disk says is gone: somebody put it back. */
		store_report_forged(s, span_cstr(c->id), "put-back");
		c->burns = "put-back";
		finish(c, CLAIM_REFUSED);
		return;
	case SPENT_UNDER_REVIEW:
		c->burns = "under-review";
		finish(c, CLAIM_REFUSED);
		return;
	case SPENT_FAILED:
		finish(c, CLAIM_UNAVAILABLE);
		return;
	}
}

static void
on_waited(void *owner, const struct resp *reply)
{
	struct claim_op *c = owner;

	if (resp_integer(reply) < 1)
		finish(c, CLAIM_UNAVAILABLE);
	else
		write_spent(c);
}

/* A server with replicas may be replaced by one of them: one has to know, too. */
static void
on_taken(struct claim_op *c)
{
	struct span wait[] = {SPAN("WAIT"), SPAN("1"), WAIT_MS};

	c->burns = not_known;
	if (c->op.store->replicas == 0) {
		write_spent(c);
		return;
	}
	redis_send(c->op.store->link, &(struct redis_command){.args = wait, .count = 3}, on_waited,
	           c);
}

static void
park(struct claim_op *c)
{
	if (clock_mono().us < c->patience.us)
		list_add_last(&c->op.store->parked, &c->parked);
	else
		finish(c, CLAIM_UNAVAILABLE);
}

static void
on_claim(void *owner, const struct resp *reply)
{
	struct claim_op *c = owner;
	struct answer answer = store_answer(c->op.store, reply);

	switch (answer.kind) {
	case ANSWER_LOST:
		c->burns = not_known;
		park(c);
		return;
	case ANSWER_ERROR:
		c->burns = not_known;
		finish(c, CLAIM_UNAVAILABLE);
		return;
	case ANSWER_EPOCH:
	case ANSWER_SKEW:
		finish(c, CLAIM_REFUSED);
		return;
	case ANSWER_GIVEN:
		break;
	}
	if (span_eq(answer.status, SPAN("taken")))
		on_taken(c);
	else
		finish(c, CLAIM_REFUSED);
}

static void
claim_send(struct claim_op *c)
{
	struct store *s = c->op.store;
	struct arena *arena = &c->op.arena;
	const struct granted *g = c->granted;
	struct span args[11 + VOTES_MAX] = {
		span_cstr(c->id),
		span_cstr(c->claim),
		span_cstr(s->node),
		span_cstr(s->boot),
		c->waiter,
		sources_text(arena, APPROVAL_EVENT_USED_UP),
		number_text(arena, g->created_at.us),
		number_text(arena, g->valid_until.us),
		number_text(arena, (int64_t)g->uses),
		g->sealed,
		number_text(arena, (int64_t)g->vote_count),
	};

	/* Asked again on a server that may have lost what it acknowledged: nothing counts, and
	 * what it has not lost is burnt. */
	if (strcmp(g->epoch, s->epoch) != 0) {
		finish(c, CLAIM_REFUSED);
		return;
	}
	memcpy(args + 11, g->votes, g->vote_count * sizeof(*g->votes));
	store_run(s, SCRIPT_CLAIM, args, 11 + g->vote_count, on_claim, c);
}

static void
make_claim_id(char ret[CLAIM_ID_LEN + 1])
{
	unsigned char noise[CLAIM_ID_LEN / 2];
	struct buf hex = BUF_INIT(CLAIM_ID_LEN);

	random_fill(noise, sizeof(noise));
	hex_add(&hex, span_of(noise, sizeof(noise)));
	memcpy(ret, buf_cstr(&hex), CLAIM_ID_LEN + 1);
	buf_clear(&hex);
}

/* A copy, because others may drop the grant while this claim is under way. */
static struct granted *
copy_grant(const struct store *s, const char *id, const struct digest *binding)
{
	const struct granted *from = granted_find(s, id);
	struct granted *g;

	/* Both clocks must be inside the window: ours is looked at here, Redis' in the script. */
	if (!from || !digest_eq(&from->binding, binding) ||
	    strcmp(from->epoch, s->epoch) != 0 || clock_wall().us >= from->valid_until.us ||
	    spent_log_look(s->spent, id).has_unknown)
		return NULL;
	g = memory_new(sizeof(*g));
	*g = *from;
	g->arena = (struct arena){0};
	copy_bytes(g, from->sealed, from->votes, from->vote_count);
	return g;
}

struct store_op *
store_claim(struct store *s, const char *id, const struct digest *binding, struct span waiter,
            char ret_claim[CLAIM_ID_LEN + 1], claim_fn *fn, void *owner)
{
	struct claim_op *c = memory_new(sizeof(*c));

	list_init(&c->parked);
	op_begin(s, &c->op, owner, claim_fail, claim_clear);
	c->fn = fn;
	memcpy(c->id, id, ULID_LEN);
	c->waiter = arena_copy(&c->op.arena, waiter);
	c->patience = mono_after(clock_mono(), CLAIM_PATIENCE);
	c->granted = copy_grant(s, id, binding);
	make_claim_id(c->claim);
	memcpy(ret_claim, c->claim, sizeof(c->claim));
	if (!c->granted || !s->is_ready)
		op_fail_later(&c->op);
	else
		claim_send(c);
	return &c->op;
}

void
claims_resume(struct store *s)
{
	struct list again;

	list_init(&again);
	while (!list_is_empty(&s->parked)) {
		struct list *node = s->parked.next;

		list_remove(node);
		list_add_last(&again, node);
	}
	while (!list_is_empty(&again)) {
		struct claim_op *c = LIST_ENTRY(again.next, struct claim_op, parked);

		list_remove(&c->parked);
		claim_send(c);
	}
}

void
claims_give_up(struct store *s)
{
	struct mono now = clock_mono();

	LIST_EACH(&s->parked, node) {
		struct claim_op *c = LIST_ENTRY(node, struct claim_op, parked);

		if (now.us < c->patience.us)
			continue;
		list_remove(&c->parked);
		finish(c, CLAIM_UNAVAILABLE);
	}
}

bool
store_note_intent(struct store *s, const char *id, const char *claim)
{
	return spent_log_add_intent(s->spent, id, claim);
}

void
store_close_claim(struct store *s, const char *id, const char *claim, enum claim_end end)
{
	spent_log_add_end(s->spent, id, claim, end);
	errand_close(s, id, claim, end);
}
