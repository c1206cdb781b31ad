/* Time: approvals end when they are overdue, claims are not waited for without end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/store_state.h"

#define SWEEP_LEAST (20 * MS_US)
#define SWEEP_MOST (1 * SECOND_US)
#define BATCH SPAN("200")

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
	uint64_t due = SWEEP_MOST;

	if (answer.kind == ANSWER_GIVEN &&
	    !span_to_u64(resp_text(resp_at(reply, ANSWER_VALUES)), INT64_MAX, &due))
		due = SWEEP_MOST;
	for (size_t i = 0; i < resp_count(ended); i++) {
		struct span id = resp_text(resp_at(ended, i));

		/* The reply's texts end with a NUL. */
		if (ulid_is_valid(id))
			store_record_id(s, RECORD_APPROVAL_EXPIRED, id.ptr, NULL, NULL);
	}
	timer_set(s->sweep, until_next((int64_t)due));
}

static void
on_time(void *owner)
{
	struct store *s = owner;
	enum approval_state to = APPROVAL_EXPIRED;
	struct span args[] = {BATCH, span_cstr(approval_state_name(to)),
	                      span_cstr(approval_event_name(APPROVAL_EVENT_OVERDUE))};

	claims_give_up(s);
	errands_resume(s);
	feed_poke(s);
	if (s->is_ready)
		store_run(s, SCRIPT_SWEEP, args, ARRAY_LEN(args), on_swept, s);
	else
		timer_set(s->sweep, SWEEP_MOST);
}

void
sweep_begin(struct store *s)
{
	s->sweep = timer_new(s->loop, on_time, s);
	timer_set(s->sweep, SWEEP_LEAST);
}
