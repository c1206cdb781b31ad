/* Time: approvals end when they are overdue, claims are not waited for without end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/store_op.h"

#define SWEEP_LEAST (20 * MS_US)
#define SWEEP_MOST (1 * SECOND_US)
/* Each is verified for its line in the trail: a thread has other things to do as well. */
#define BATCH SPAN("50")
/* A transition that nobody has recorded for this long is anybody's to record. */
#define GRACE (3 * SECOND_US)

enum {
	UNRECORDED_BYTES = 8 * 1024 * 1024,
	/* What is waited for and looked for in one sweep. */
	LOOKED_FOR = 50,
	OWN_ARGS = 5
};

/* Workers of a fleet do not all look in the same millisecond. */
static int64_t
until_next(int64_t due_us)
{
	uint16_t noise;
	int64_t after = due_us < SWEEP_MOST ? due_us : SWEEP_MOST;

	random_fill(&noise, sizeof(noise));
	after += SWEEP_LEAST;
	return after + after * noise / UINT16_MAX / 8;
}

static void
on_swept(void *owner, const struct resp *reply)
{
	struct store *s = owner;
	struct answer answer = store_answer(s, reply);
	const struct resp *ended = resp_at(reply, ANSWER_VALUES + 1);
	const struct resp *unrecorded = resp_at(reply, ANSWER_VALUES + 2);
	const struct resp *missing = resp_at(reply, ANSWER_VALUES + 3);
	uint64_t due = SWEEP_MOST;

	if (answer.kind == ANSWER_GIVEN &&
	    !span_to_u64(resp_text(resp_at(reply, ANSWER_VALUES)), INT64_MAX, &due))
		due = SWEEP_MOST;
	for (size_t i = 0; i < resp_count(ended); i++)
		transition_take(s, resp_at(ended, i));
	transitions_take(s, unrecorded);
	/* Who waits for it asks again, and is told under which name he waits then. */
	for (size_t i = 0; i < resp_count(missing); i++)
		watches_wake(s, resp_text(resp_at(missing, i)));
	if (resp_count(unrecorded))
		due = 0;
	timer_set(s->sweep, until_next((int64_t)due));
}

static void
on_time(void *owner)
{
	struct store *s = owner;
	enum approval_state to = APPROVAL_EXPIRED;
	struct arena arena = {0};
	struct span args[OWN_ARGS + LOOKED_FOR] = {
		BATCH,
		span_cstr(approval_state_name(to)),
		span_cstr(approval_event_name(APPROVAL_EVENT_OVERDUE)),
		number_text(&arena, GRACE),
		number_text(&arena, UNRECORDED_BYTES),
	};

	claims_give_up(s);
	errands_retry(s);
	feed_poke(s);
	if (s->is_ready)
		store_run(s, SCRIPT_SWEEP, args,
		          OWN_ARGS + watches_next(s, args + OWN_ARGS, LOOKED_FOR), on_swept, s);
	else
		timer_set(s->sweep, SWEEP_MOST);
	arena_clear(&arena);
}

static void
on_new_epoch(void *owner)
{
	watches_wake_all(owner);
}

void
sweep_begin(struct store *s)
{
	s->waking = timer_new(s->loop, on_new_epoch, s);
	s->sweep = timer_new(s->loop, on_time, s);
	timer_set(s->sweep, SWEEP_LEAST);
}
