/* What Redis has moved stands in the trail at least once, whoever lives to write it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/store_op.h"
#include "approvals/store_record.h"
#include "lib/base/log.h"

enum { MARK_WORDS = 3 };

/* Decisions and uses are not among them: their lines are durable before the script runs. */
static const struct told {
	const char *event;
	enum record_code code;
	enum approval_state to;
	const char *why;
} all_told[] = {
	{"opened", RECORD_APPROVAL_OPENED, APPROVAL_PENDING, NULL},
	{"withdrawn", RECORD_APPROVAL_CANCELLED, APPROVAL_CANCELLED, NULL},
	{"abandoned", RECORD_APPROVAL_CANCELLED, APPROVAL_CANCELLED, "caller-gone"},
	{"replaced", RECORD_APPROVAL_SUPERSEDED, APPROVAL_SUPERSEDED, "rules-changed"},
	{"overdue", RECORD_APPROVAL_EXPIRED, APPROVAL_EXPIRED, NULL},
};

static const struct told *
told_find(struct span event)
{
	for (size_t i = 0; i < ARRAY_LEN(all_told); i++) {
		if (span_eq(event, span_cstr(all_told[i].event)))
			return &all_told[i];
	}
	return NULL;
}

/* "EVENT ID MICROSECONDS", as note() of prelude.lua makes it. */
static const struct told *
read_mark(struct span mark, struct transition *ret)
{
	struct span word[MARK_WORDS], rest = mark;
	const struct told *told;
	uint64_t at;
	size_t count = 0;

	while (count < MARK_WORDS && span_cut(&rest, ' ', &word[count]))
		count++;
	if (count < MARK_WORDS || rest.len || !ulid_is_valid(word[1]) ||
	    !span_to_u64(word[2], INT64_MAX, &at))
		return NULL;
	told = told_find(word[0]);
	if (!told)
		return NULL;
	*ret = (struct transition){
		.code = told->code,
		.state = approval_state_name(told->to),
		.why = told->why,
		.at = {(int64_t)at},
	};
	memcpy(ret->id, word[1].ptr, ULID_LEN);
	return told;
}

bool
transition_record(struct store *s, struct span mark, const struct stored *stored)
{
	struct transition t;
	const struct told *told = read_mark(mark, &t);

	if (!told || (stored && strcmp(stored->request.id, t.id) != 0)) {
		log_error("store.error", "the answer does not say what there is to record");
		return false;
	}
	t.at = clock_wall();
	/* Without room in the trail it stays in the list, and its turn comes again. */
	if (store_record_transition(s, &t, stored))
		errand_recorded(s, mark);
	return true;
}

/* What does not verify is told by its id alone. */
void
transition_take(struct store *s, const struct resp *one)
{
	struct span mark = resp_text(resp_at(one, 0));
	const struct resp *record = resp_at(one, 1);
	struct stored *stored = NULL;
	struct transition t;

	if (resp_count(record) && read_mark(mark, &t))
		stored = store_verify(s, record, span_cstr(t.id));
	transition_record(s, mark, stored);
	stored_free(stored);
}

/* Who made it did not live to tell, or was not told himself.  The line may be the second. */
static void
take(struct store *s, struct span mark, const struct resp *record)
{
	struct wall now = clock_wall();
	struct stored *stored = NULL;
	struct transition t;
	const struct told *told = read_mark(mark, &t);

	/* Somebody else has written that: there is nothing to tell, and it goes. */
	if (!told) {
		errand_recorded(s, mark);
		return;
	}
	if (resp_count(record))
		stored = store_verify(s, record, span_cstr(t.id));
	if (t.at.us > now.us)
		t.at = now;
	if (store_record_transition(s, &t, stored))
		errand_recorded(s, mark);
	stored_free(stored);
}

void
transitions_take(struct store *s, const struct resp *unrecorded)
{
	for (size_t i = 0; i < resp_count(unrecorded); i++) {
		const struct resp *one = resp_at(unrecorded, i);

		take(s, resp_text(resp_at(one, 0)), resp_at(one, 1));
	}
}
