/* The life of an approval, walked exhaustively. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "approvals/approval.h"

static void
only_pending_and_approved_lead_anywhere(void **state UNUSED)
{
	for (unsigned from = 0; from < APPROVAL_STATE_COUNT; from++) {
		for (unsigned event = 0; event < APPROVAL_EVENT_COUNT; event++) {
			enum approval_state to = APPROVAL_STATE_COUNT;
			bool moves = approval_move((enum approval_state)from,
			                           (enum approval_event)event, &to);

			if (from != APPROVAL_PENDING && from != APPROVAL_APPROVED)
				assert_false(moves);
			if (moves) {
				assert_int_not_equal(to, from);
				assert_int_not_equal(to, APPROVAL_PENDING);
			}
		}
	}
}

static void
only_people_who_are_asked_approve(void **state UNUSED)
{
	for (unsigned from = 0; from < APPROVAL_STATE_COUNT; from++) {
		for (unsigned event = 0; event < APPROVAL_EVENT_COUNT; event++) {
			enum approval_state to = APPROVAL_STATE_COUNT;

			if (approval_move((enum approval_state)from, (enum approval_event)event,
			                  &to) &&
			    to == APPROVAL_APPROVED) {
				assert_int_equal(from, APPROVAL_PENDING);
				assert_int_equal(approval_actor((enum approval_event)event),
				                 ACTOR_APPROVER);
			}
		}
	}
}

static void
a_caller_who_hangs_up_does_not_take_back_a_yes(void **state UNUSED)
{
	enum approval_state to;

	assert_false(approval_move(APPROVAL_APPROVED, APPROVAL_EVENT_ABANDONED, &to));
	assert_true(approval_move(APPROVAL_PENDING, APPROVAL_EVENT_ABANDONED, &to));
}

static void
names_are_read_back(void **state UNUSED)
{
	enum approval_state read;

	for (unsigned i = 0; i < APPROVAL_STATE_COUNT; i++) {
		const char *name = approval_state_name((enum approval_state)i);

		assert_true(approval_state_read(span_cstr(name), &read));
		assert_int_equal(read, i);
	}
	assert_false(approval_state_read(SPAN("Pending"), &read));
	assert_false(approval_state_read(SPAN(""), &read));
}

static void
scripts_are_told_the_states_of_the_table(void **state UNUSED)
{
	struct buf text = BUF_INIT(100);

	approval_sources(APPROVAL_EVENT_WITHDRAWN, &text);
	assert_string_equal(buf_cstr(&text), "pending,approved");
	buf_reset(&text);
	approval_sources(APPROVAL_EVENT_USED_UP, &text);
	assert_string_equal(buf_cstr(&text), "approved");
	buf_clear(&text);
}

/* Every combination of facts: it is approved exactly when everything says so. */
static void
check_facts(const struct approval_facts *f, int64_t now)
{
	enum approval_state state = approval_now(f, (struct wall){now});
	bool may_be_used = f->is_met && !f->is_denied && f->stored == APPROVAL_APPROVED &&
	                   f->uses_left > 0 && now < f->valid_until.us;

	assert_int_equal(state == APPROVAL_APPROVED, may_be_used);
	if (f->is_denied)
		assert_int_equal(state, APPROVAL_DENIED);
	if (state == APPROVAL_PENDING)
		assert_true(now < f->expires_at.us);
	if (state == APPROVAL_SPENT)
		assert_true(f->stored == APPROVAL_SPENT || f->uses_left == 0);
}

static void
it_is_approved_only_when_everything_says_so(void **state UNUSED)
{
	static const int64_t times[] = {0, 99, 100, 149, 150, 151};

	for (unsigned bits = 0; bits < 8; bits++) {
		for (unsigned stored = 0; stored < APPROVAL_STATE_COUNT; stored++) {
			struct approval_facts f = {
				.expires_at = {100},
				.valid_until = {150},
				.is_denied = bits & 1,
				.is_met = bits & 2,
				.uses_left = bits & 4 ? 1 : 0,
				.stored = (enum approval_state)stored,
			};

			for (size_t i = 0; i < ARRAY_LEN(times); i++)
				check_facts(&f, times[i]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_pending_and_approved_lead_anywhere),
		cmocka_unit_test(only_people_who_are_asked_approve),
		cmocka_unit_test(a_caller_who_hangs_up_does_not_take_back_a_yes),
		cmocka_unit_test(names_are_read_back),
		cmocka_unit_test(scripts_are_told_the_states_of_the_table),
		cmocka_unit_test(it_is_approved_only_when_everything_says_so),
	};

	return cmocka_run_group_tests_name("approval", tests, NULL, NULL);
}
