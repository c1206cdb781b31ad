/* Closing what a dead process of this node left open. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "approvals/store.h"
#include "approvals/store_op.h"
#include "audit/record.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

/* One claim whose record has to be durable before it is closed. */
struct orphan {
	struct store_op op;
	char id[ULID_LEN + 1];
	char claim[CLAIM_ID_LEN + 1];
	bool may_have_run;
};

static void
orphan_end(struct store_op *op)
{
	op_end(op);
}

static void
on_recorded(void *owner, bool is_durable)
{
	struct orphan *o = owner;
	struct store *s = o->op.store;

	/* Without a record it stays open, and the next start finds it again. */
	if (is_durable)
		store_close_claim(s, o->id, o->claim,
		                  o->may_have_run ? CLAIM_END_UNKNOWN : CLAIM_END_BURNT);
	op_end(&o->op);
}

/* The process died between the record of the outcome and its note in the spent log. */
static bool
has_outcome(struct store *s, const char *claim)
{
	return audit_has_record(s->ring, RECORD_APPROVAL_COMPLETED, span_cstr(claim));
}

static void
close_orphan(struct store *s, const char *id, const char *claim, bool may_have_run)
{
	enum record_code code =
		may_have_run ? RECORD_APPROVAL_OUTCOME_UNKNOWN : RECORD_APPROVAL_BURNT;
	struct emit *e;
	struct orphan *o;

	if (may_have_run && has_outcome(s, claim)) {
		store_close_claim(s, id, claim, CLAIM_END_COMPLETED);
		return;
	}
	e = record_begin(s->ring, code, clock_wall());
	if (!e) {
		log_error("audit.lost", "the end of claim %s found no room in the trail", claim);
		return;
	}
	record_identify(s->ring, code, span_cstr(id), span_cstr(claim));
	o = memory_new(sizeof(*o));
	op_begin(s, &o->op, NULL, orphan_end, NULL);
	memcpy(o->id, id, ULID_LEN);
	memcpy(o->claim, claim, CLAIM_ID_LEN);
	o->may_have_run = may_have_run;
	record_approval(s->ring, &(struct record_approval){.id = span_cstr(id),
	                                                   .claim = span_cstr(claim)});
	emit_member_cstr(e, "why", "process-ended");
	record_end_durable(s->ring, on_recorded, o);
}

static bool
is_claim(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (ascii_hex(text.ptr[i]) < 0)
			return false;
	}
	return text.len == CLAIM_ID_LEN;
}

static void
on_orphan(void *owner, const struct trace *t)
{
	struct store *s = owner;

	if (is_claim(span_cstr(t->claim)) && ulid_is_valid(span_cstr(t->id)))
		close_orphan(s, t->id, t->claim, spent_log_may_have_run(s->spent, t));
}

struct recovery {
	struct store_op op;
};

/* What is open in Redis only: either its end was not heard there, or its process died before
 * it wrote the claim on its disk, and then nothing was sent, for an intent comes later. */
static void
close_unheard(struct store *s, struct span claim, struct span where)
{
	struct span id, boot = where;
	struct arena arena = {0};
	const struct trace *t = spent_log_trace(s->spent, claim);

	if (!span_cut(&boot, ' ', &id) || !is_claim(claim) || !ulid_is_valid(id) || !boot.len)
		return;
	if (t && t->has_ended)
		errand_close(s, t->id, t->claim, t->end);
	else if (!t && spent_log_boot_is_gone(s->spent, arena_cstr(&arena, boot)))
		close_orphan(s, arena_cstr(&arena, id), arena_cstr(&arena, claim), false);
	arena_clear(&arena);
}

static void
on_open_claims(void *owner, const struct resp *reply)
{
	struct recovery *r = owner;
	struct store *s = r->op.store;

	/* Not answered: they stay where they are until the next start. */
	for (size_t i = 0; i + 1 < resp_count(reply); i += 2)
		close_unheard(s, resp_text(resp_at(reply, i)), resp_text(resp_at(reply, i + 1)));
	op_end(&r->op);
}

void
recover_resume(struct store *s)
{
	struct recovery *r;
	struct buf key = BUF_INIT(1024);
	struct span args[2] = {SPAN("HGETALL")};

	if (!s->wants_recovery)
		return;
	s->wants_recovery = false;
	r = memory_new(sizeof(*r));
	op_begin(s, &r->op, NULL, orphan_end, NULL);
	buf_addf(&key, "%sopen:%s", s->prefix, s->node);
	args[1] = buf_span(&key);
	redis_send(s->link, &(struct redis_command){.args = args, .count = 2}, on_open_claims, r);
	buf_clear(&key);
}

void
store_recover(struct store *s)
{
	spent_log_each_orphan(s->spent, on_orphan, s);
	s->wants_recovery = true;
	if (s->is_ready)
		recover_resume(s);
}
