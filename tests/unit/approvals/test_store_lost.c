/* Answers that are lost, writes that Redis refuses, processes that die before they tell. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/approvals/lossy.h"

static struct house house;
static struct lossy lossy;
static struct store *store;
static struct call call;
static char id[APPROVAL_ID_LEN + 1];

static int
begin(void **state UNUSED)
{
	house_begin(&house, false);
	lossy_begin(&lossy, &house);
	store = house_store(&house, "", "b1");
	call_make(&call, "alice", "/users/7", "");
	return 0;
}

static int
end(void **state UNUSED)
{
	call_clear(&call);
	store_free(&store);
	lossy_end(&lossy);
	house_end(&house);
	return 0;
}

static const char *
field(const char *name)
{
	return redis_server_do(&house.redis, "HGET {test}:a:%s %s", id, name);
}

static bool
is_unrecorded(void)
{
	return strcmp(redis_server_do(&house.redis, "EXISTS {test}:unrecorded"), ":1\r\n") == 0;
}

/* The list may not be empty at once: the word that it is recorded is on its way. */
static void
expect_recorded_once(const char *event)
{
	while (house_count(&house, event) == 0 || is_unrecorded())
		house_tick(&house);
	assert_int_equal(house_count(&house, event), 1);
}

static void
open_one(void)
{
	struct asked_copy asked = house_ask(&house, store, &call);

	assert_true(asked.is_opened);
	memcpy(id, asked.view.id, sizeof(id));
}

static void
open_granted(uint64_t uses)
{
	call.requirement.uses = uses;
	open_one();
	assert_int_equal(house_decide(&house, store, id, "bob", "sre", true), DECIDE_DONE);
	assert_int_equal(house_ask(&house, store, &call).result, ASK_GRANTED);
}

static void
claim_with_unknown_outcome(void)
{
	char claim[CLAIM_ID_LEN + 1];

	assert_int_equal(house_claim(&house, store, &call, id, claim), CLAIM_TAKEN);
	assert_true(store_note_intent(store, id, claim));
	store_close_claim(store, id, claim, CLAIM_END_UNKNOWN);
}

/* Redis takes no writes, or takes them again. */
static void
refuse_writes(bool refuses)
{
	redis_server_do(&house.redis, "CONFIG SET min-replicas-to-write %d", refuses);
}

static void
run_for(int64_t us)
{
	struct mono until = mono_after(clock_mono(), us);

	while (clock_mono().us < until.us)
		house_tick(&house);
}

static void
an_unknown_outcome_is_told_when_redis_takes_writes_again(void **state UNUSED)
{
	char claim[CLAIM_ID_LEN + 1];

	open_granted(3);
	assert_int_equal(house_claim(&house, store, &call, id, claim), CLAIM_TAKEN);
	refuse_writes(true);
	store_close_claim(store, id, claim, CLAIM_END_UNKNOWN);
	/* Long enough for some refusals. */
	run_for(300 * MS_US);
	assert_string_not_equal(field("review"), "1");
	refuse_writes(false);
	while (strcmp(field("review"), "1") != 0)
		house_tick(&house);
}

static void
after_an_unknown_outcome_nothing_more_is_released_here(void **state UNUSED)
{
	struct store *second = house_store(&house, "", "b2");
	char claim[CLAIM_ID_LEN + 1];
	struct asked_copy asked;

	open_granted(3);
	assert_int_equal(house_ask(&house, second, &call).result, ASK_GRANTED);
	claim_with_unknown_outcome();
	while (strcmp(field("review"), "1") != 0)
		house_tick(&house);
	/* Redis forgets it, or has not heard of it. */
	redis_server_do(&house.redis, "HDEL {test}:a:%s review", id);
	assert_int_equal(house_claim(&house, second, &call, id, claim), CLAIM_REFUSED);
	call.ask.waits_for = id;
	assert_int_equal(house_ask(&house, store, &call).result, ASK_UNDER_REVIEW);
	asked = house_ask(&house, second, &call);
	assert_int_equal(asked.result, ASK_UNDER_REVIEW);
	assert_true(asked.view.has_review);
	call.ask.waits_for = NULL;
	call.ask.ticket = span_cstr(id);
	assert_int_equal(house_ask(&house, store, &call).result, ASK_UNDER_REVIEW);
	/* Who comes later is asked about anew. */
	call.ask.ticket = SPAN_NONE;
	asked = house_ask(&house, second, &call);
	assert_true(asked.is_opened);
	assert_string_not_equal(asked.view.id, id);
	assert_int_equal(house_count(&house, "store.forged"), 0);
	store_free(&second);
}

static void
a_leave_is_told_when_redis_takes_writes_again(void **state UNUSED)
{
	open_one();
	refuse_writes(true);
	store_leave(store, id, SPAN("w1"), true);
	run_for(300 * MS_US);
	refuse_writes(false);
	while (house_state(&house, store, id) != APPROVAL_CANCELLED)
		house_tick(&house);
	expect_recorded_once("approval.cancelled");
}

static void
on_asked(void *owner, const struct asked *asked)
{
	*(enum ask_result *)owner = asked->result;
	loop_stop(house.loop);
}

static void
an_opening_whose_answer_is_lost_is_recorded(void **state UNUSED)
{
	enum ask_result result = ASK_GRANTED;
	char binding[DIGEST_HEX + 1];
	struct asked_copy asked;

	digest_hex(&call.ask.binding, binding);
	lossy_arm(&lossy, binding);
	store_ask(store, &call.ask, on_asked, &result);
	lossy_wait(&lossy);
	lossy_cut(&lossy);
	while (result == ASK_GRANTED)
		house_tick(&house);
	assert_int_equal(result, ASK_UNAVAILABLE);
	assert_true(is_unrecorded());
	expect_recorded_once("approval.opened");
	/* Whoever got no answer does not wait. */
	call.ask.waiter = SPAN("w2");
	asked = house_ask(&house, store, &call);
	assert_true(asked.is_joined);
	store_leave(store, asked.view.id, SPAN("w2"), true);
	while (house_state(&house, store, asked.view.id) != APPROVAL_CANCELLED)
		house_tick(&house);
}

/* The script has run when Redis says that it has; our own loop has not run since. */
static void
die_once_unrecorded(void)
{
	struct mono until = mono_after(clock_mono(), 10 * SECOND_US);

	while (!is_unrecorded())
		assert_true(clock_mono().us < until.us);
	store_free(&store);
	assert_true(is_unrecorded());
	store = house_store(&house, "", "b2");
}

/* The store talks to Redis itself here: there is no loop to carry its words. */
static int
begin_straight(void **state UNUSED)
{
	house_begin(&house, false);
	lossy_begin(&lossy, &house);
	snprintf(house.redis.address, sizeof(house.redis.address), "unix:%s",
	         house.redis.socket);
	store = house_store(&house, "", "b1");
	call_make(&call, "alice", "/users/7", "");
	return 0;
}

static bool
trail_has(const char *text)
{
	char path[120], line[16384];
	bool has = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/audit.jsonl", house.redis.directory);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		has = has || strstr(line, text);
	fclose(file);
	return has;
}

static void
an_opening_of_a_process_that_died_is_recorded_in_full(void **state UNUSED)
{
	enum ask_result result;

	store_ask(store, &call.ask, on_asked, &result);
	die_once_unrecorded();
	while (is_unrecorded())
		house_tick(&house);
	assert_int_equal(house_count(&house, "approval.opened"), 1);
	assert_true(trail_has("/users/7"));
	assert_int_equal(house_count(&house, "store.forged"), 0);
}

static void
a_leave_of_a_process_that_died_is_recorded(void **state UNUSED)
{
	open_one();
	while (is_unrecorded())
		house_tick(&house);
	store_leave(store, id, SPAN("w1"), true);
	die_once_unrecorded();
	while (is_unrecorded())
		house_tick(&house);
	assert_int_equal(house_count(&house, "approval.cancelled"), 1);
}

static void
a_leave_whose_answer_is_lost_is_recorded(void **state UNUSED)
{
	open_one();
	while (is_unrecorded())
		house_tick(&house);
	lossy_arm(&lossy, "abandoned");
	store_leave(store, id, SPAN("w1"), true);
	lossy_wait(&lossy);
	lossy_cut(&lossy);
	expect_recorded_once("approval.cancelled");
}

static void
on_cancelled(void *owner, enum read_result result, const struct approval_view *view UNUSED)
{
	*(enum read_result *)owner = result;
	loop_stop(house.loop);
}

static void
a_withdrawal_whose_answer_is_lost_is_recorded(void **state UNUSED)
{
	enum read_result result = READ_FOUND;

	open_one();
	while (is_unrecorded())
		house_tick(&house);
	lossy_arm(&lossy, "withdrawn");
	store_cancel(store, id, &call.person, on_cancelled, &result);
	lossy_wait(&lossy);
	lossy_cut(&lossy);
	while (result == READ_FOUND)
		house_tick(&house);
	assert_int_equal(result, READ_UNAVAILABLE);
	expect_recorded_once("approval.cancelled");
}

static void
an_expiry_whose_answer_is_lost_is_recorded(void **state UNUSED)
{
	call.requirement.expires_us = 300 * MS_US;
	open_one();
	while (is_unrecorded())
		house_tick(&house);
	/* Each sweep is lost until the one that ends it. */
	while (strcmp(field("state"), "expired") != 0) {
		lossy_arm(&lossy, "overdue");
		lossy_wait(&lossy);
		lossy_cut(&lossy);
	}
	expect_recorded_once("approval.expired");
}

/* Whoever can write there gets no lines out of it but those of approvals he names. */
static void
a_mark_that_is_none_is_dropped(void **state UNUSED)
{
	redis_server_do(&house.redis, "ZADD {test}:unrecorded 1 rubbish 2 opened%%x 3 agreed "
	                              "4 opened.01ARZ3NDEKTSV4RRFFQ69G5FAV.1");
	while (is_unrecorded())
		house_tick(&house);
	assert_int_equal(house_count(&house, "approval.opened"), 0);
}

struct claiming {
	bool is_done;
	enum claim_result result;
};

static void
on_claimed(void *owner, enum claim_result result, const struct approval_view *view UNUSED)
{
	struct claiming *c = owner;

	*c = (struct claiming){true, result};
	loop_stop(house.loop);
}

static void
a_claim_that_was_taken_in_an_epoch_that_is_over_is_burnt(void **state UNUSED)
{
	struct claiming claiming = {0};
	char claim[CLAIM_ID_LEN + 1];

	open_granted(1);
	lossy_arm(&lossy, "waiter-of-the-claim");
	store_claim(store, id, &call.ask.binding, SPAN("waiter-of-the-claim"), claim, on_claimed,
	            &claiming);
	lossy_wait(&lossy);
	assert_string_equal(redis_server_do(&house.redis, "HLEN {test}:open:n1"), ":1\r\n");
	redis_server_do(&house.redis, "REPLICAOF 127.0.0.1 1");
	redis_server_do(&house.redis, "REPLICAOF NO ONE");
	lossy_cut(&lossy);
	while (!claiming.is_done)
		house_tick(&house);
	assert_int_equal(claiming.result, CLAIM_REFUSED);
	while (house_count(&house, "approval.burnt") == 0)
		house_tick(&house);
	while (strcmp(redis_server_do(&house.redis, "HLEN {test}:open:n1"), ":0\r\n") != 0)
		house_tick(&house);
	assert_int_equal(house_count(&house, "approval.burnt"), 1);
}

/* The answer that it was taken is lost again when it is to be burnt, and with it we are. */
static void
a_burnt_use_stays_open_until_it_is_recorded(void **state UNUSED)
{
	struct claiming claiming = {0};
	char claim[CLAIM_ID_LEN + 1];

	open_granted(1);
	lossy_arm(&lossy, "waiter-of-the-claim");
	store_claim(store, id, &call.ask.binding, SPAN("waiter-of-the-claim"), claim, on_claimed,
	            &claiming);
	lossy_wait(&lossy);
	redis_server_do(&house.redis, "REPLICAOF 127.0.0.1 1");
	redis_server_do(&house.redis, "REPLICAOF NO ONE");
	lossy_arm(&lossy, "burnt");
	lossy_cut(&lossy);
	lossy_wait(&lossy);
	store_free(&store);
	assert_int_equal(house_count(&house, "approval.burnt"), 0);
	store = house_store(&house, "", "b2");
	store_recover(store);
	while (house_count(&house, "approval.burnt") == 0)
		house_tick(&house);
	while (strcmp(redis_server_do(&house.redis, "HLEN {test}:open:n1"), ":0\r\n") != 0)
		house_tick(&house);
	assert_int_equal(house_count(&house, "approval.burnt"), 1);
}

static const char *
waiters(void)
{
	return redis_server_do(&house.redis, "ZCARD {test}:w:%s", id);
}

static void
a_strangers_ticket_makes_no_waiter(void **state UNUSED)
{
	struct call other, foreign;

	open_one();
	call_make(&other, "alice", "/users/8", "");
	call_make(&foreign, "mallory", "/users/7", "");
	other.ask.ticket = foreign.ask.ticket = call.ask.ticket = span_cstr(id);
	other.ask.waiter = foreign.ask.waiter = SPAN("stranger");
	assert_int_equal(house_ask(&house, store, &other).result, ASK_MISMATCH);
	assert_int_equal(house_ask(&house, store, &foreign).result, ASK_UNKNOWN);
	assert_string_equal(waiters(), ":1\r\n");
	/* The owner's does. */
	call.ask.waiter = SPAN("w2");
	assert_int_equal(house_ask(&house, store, &call).result, ASK_PENDING);
	assert_string_equal(waiters(), ":2\r\n");
	store_leave(store, id, SPAN("w1"), true);
	store_leave(store, id, SPAN("w2"), true);
	while (house_state(&house, store, id) != APPROVAL_CANCELLED)
		house_tick(&house);
	call_clear(&other);
	call_clear(&foreign);
}

static void
a_waiter_whose_question_was_lost_can_leave(void **state UNUSED)
{
	enum ask_result result = ASK_GRANTED;

	open_one();
	call.ask.waits_for = id;
	call.ask.waiter = SPAN("a-waiter-not-confirmed");
	lossy_arm(&lossy, "a-waiter-not-confirmed");
	store_ask(store, &call.ask, on_asked, &result);
	lossy_wait(&lossy);
	lossy_cut(&lossy);
	while (result == ASK_GRANTED)
		house_tick(&house);
	assert_int_equal(result, ASK_UNAVAILABLE);
	assert_string_equal(waiters(), ":2\r\n");
	store_leave(store, id, SPAN("w1"), true);
	store_leave(store, id, SPAN("a-waiter-not-confirmed"), true);
	while (house_state(&house, store, id) != APPROVAL_CANCELLED)
		house_tick(&house);
}

static void
who_never_waited_leaves_without_harm(void **state UNUSED)
{
	open_one();
	store_leave(store, id, SPAN("nobody"), true);
	store_leave(store, "01ARZ3NDEKTSV4RRFFQ69G5FAV", SPAN("nobody"), true);
	assert_int_equal(house_state(&house, store, id), APPROVAL_PENDING);
	/* Even when nobody else waits: it is not his to cancel. */
	store_leave(store, id, SPAN("w1"), false);
	store_leave(store, id, SPAN("nobody"), true);
	assert_int_equal(house_state(&house, store, id), APPROVAL_PENDING);
	assert_int_equal(house_count(&house, "approval.cancelled"), 0);
}

static void
who_is_forgotten_does_not_wait(void **state UNUSED)
{
	enum ask_result result = ASK_GRANTED;
	struct store_op *op = store_ask(store, &call.ask, on_asked, &result);

	store_forget(&op);
	while (house_count(&house, "approval.opened") == 0)
		house_tick(&house);
	snprintf(id, sizeof(id), "%s",
	         strstr(redis_server_do(&house.redis, "ZRANGE {test}:ix:pending 0 0"), "01"));
	while (strcmp(waiters(), ":0\r\n") != 0)
		house_tick(&house);
	assert_int_equal(result, ASK_GRANTED);
	assert_int_equal(house_state(&house, store, id), APPROVAL_PENDING);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define STRAIGHT(name) cmocka_unit_test_setup_teardown(name, begin_straight, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_unknown_outcome_is_told_when_redis_takes_writes_again),
		CASE(after_an_unknown_outcome_nothing_more_is_released_here),
		CASE(a_leave_is_told_when_redis_takes_writes_again),
		CASE(an_opening_whose_answer_is_lost_is_recorded),
		STRAIGHT(an_opening_of_a_process_that_died_is_recorded_in_full),
		STRAIGHT(a_leave_of_a_process_that_died_is_recorded),
		CASE(a_leave_whose_answer_is_lost_is_recorded),
		CASE(a_withdrawal_whose_answer_is_lost_is_recorded),
		CASE(an_expiry_whose_answer_is_lost_is_recorded),
		CASE(a_mark_that_is_none_is_dropped),
		CASE(a_claim_that_was_taken_in_an_epoch_that_is_over_is_burnt),
		CASE(a_burnt_use_stays_open_until_it_is_recorded),
		CASE(a_strangers_ticket_makes_no_waiter),
		CASE(a_waiter_whose_question_was_lost_can_leave),
		CASE(who_never_waited_leaves_without_harm),
		CASE(who_is_forgotten_does_not_wait),
	};

	return cmocka_run_group_tests_name("store_lost", tests, NULL, NULL);
}
