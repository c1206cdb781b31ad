/* Races, restarts, and what a dead process left. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/approvals/store_house.h"

enum { CLAIMS = 100, ROUNDS = 10 };

static struct house house;
static struct store *store;

static int
begin_synced(void **state UNUSED)
{
	house_begin(&house, true);
	store = house_store(&house, "", "b1");
	return 0;
}

static int
begin(void **state UNUSED)
{
	house_begin(&house, false);
	store = house_store(&house, "", "b1");
	return 0;
}

static int
end(void **state UNUSED)
{
	store_free(&store);
	house_end(&house);
	return 0;
}

static struct asked_copy
open_and_approve(struct call *c, const char *path)
{
	struct asked_copy asked;

	call_make(c, "alice", path, "");
	asked = house_ask(&house, store, c);
	assert_true(asked.is_opened);
	assert_int_equal(house_decide(&house, store, asked.view.id, "bob", "sre", true),
	                 DECIDE_DONE);
	return house_ask(&house, store, c);
}

struct race {
	unsigned taken, refused, other;
};

static void
on_raced(void *owner, enum claim_result result, const struct approval_view *view UNUSED)
{
	struct race *race = owner;

	if (result == CLAIM_TAKEN)
		race->taken++;
	else if (result == CLAIM_REFUSED)
		race->refused++;
	else
		race->other++;
	if (race->taken + race->refused + race->other == CLAIMS)
		loop_stop(house.loop);
}

/* `sub`: where the second store keeps its spent log; "" is the same place. */
static void
race(const char *sub, uint64_t uses)
{
	struct store *second = house_store(&house, sub, "b2");
	struct call c;
	char path[32], claim[CLAIM_ID_LEN + 1];

	for (int round = 0; round < ROUNDS; round++) {
		struct race r = {0};
		struct asked_copy asked;

		snprintf(path, sizeof(path), "/users/%d", round);
		call_make(&c, "alice", path, "");
		c.requirement.uses = uses;
		asked = house_ask(&house, store, &c);
		house_decide(&house, store, asked.view.id, "bob", "sre", true);
		assert_int_equal(house_ask(&house, store, &c).result, ASK_GRANTED);
		assert_int_equal(house_ask(&house, second, &c).result, ASK_GRANTED);
		for (int i = 0; i < CLAIMS; i++)
			store_claim(i % 2 ? second : store, asked.view.id, &c.ask.binding,
			            SPAN("w"), claim, on_raced, &r);
		house_run(&house);
		assert_int_equal(r.taken, uses);
		assert_int_equal(r.refused, CLAIMS - uses);
		call_clear(&c);
	}
	assert_int_equal(house_count(&house, "store.forged"), 0);
	store_free(&second);
}

static void
of_a_hundred_racing_claims_one_is_taken(void **state UNUSED)
{
	race("other", 1);
}

static void
of_a_hundred_racing_claims_on_one_machine_one_is_taken(void **state UNUSED)
{
	race("", 1);
}

static void
of_a_hundred_racing_claims_as_many_as_uses_are_taken(void **state UNUSED)
{
	race("", 3);
}

static void
restart(void)
{
	redis_server_kill(&house.redis);
	redis_server_again(&house.redis);
}

static void
wait_for_new_link(void)
{
	struct call c;
	enum ask_result result;

	/* The link notices by itself: until then the answer is that there is none. */
	do {
		call_make(&c, "probe", "/probe", "");
		c.ask.waiter = SPAN_NONE;
		house_wait_up(&house, store);
		result = house_ask(&house, store, &c).result;
		call_clear(&c);
	} while (result == ASK_UNAVAILABLE);
}

static void
a_synced_server_that_restarts_has_lost_nothing(void **state UNUSED)
{
	struct call c;
	struct asked_copy asked;
	char claim[CLAIM_ID_LEN + 1], id[APPROVAL_ID_LEN + 1];

	assert_string_equal(store_epoch_kind(store), "kept");
	call_make(&c, "alice", "/users/7", "");
	memcpy(id, house_ask(&house, store, &c).view.id, sizeof(id));
	restart();
	wait_for_new_link();
	c.ask.waits_for = id;
	asked = house_ask(&house, store, &c);
	assert_int_equal(asked.result, ASK_PENDING);
	assert_string_equal(asked.view.id, id);
	house_decide(&house, store, id, "bob", "sre", true);
	restart();
	wait_for_new_link();
	asked = house_ask(&house, store, &c);
	assert_int_equal(asked.result, ASK_GRANTED);
	assert_int_equal(house_claim(&house, store, &c, id, claim), CLAIM_TAKEN);
	assert_true(house_count(&house, "store.lost") >= 1);
	assert_true(house_count(&house, "store.back") >= 1);
	call_clear(&c);
}

static void
a_server_that_may_have_lost_something_is_asked_anew(void **state UNUSED)
{
	struct call c;
	struct asked_copy asked;
	char id[APPROVAL_ID_LEN + 1];

	assert_string_equal(store_epoch_kind(store), "replication-id");
	asked = open_and_approve(&c, "/users/7");
	assert_int_equal(asked.result, ASK_GRANTED);
	memcpy(id, asked.view.id, sizeof(id));
	restart();
	wait_for_new_link();
	c.ask.waits_for = id;
	asked = house_ask(&house, store, &c);
	assert_int_equal(asked.result, ASK_PENDING);
	assert_true(asked.is_opened);
	assert_string_not_equal(asked.view.id, id);
	call_clear(&c);
}

/* A server that comes back with old data and a new replication id: nothing old counts. */
static void
what_was_agreed_in_another_epoch_is_over(void **state UNUSED)
{
	struct call c;
	struct asked_copy asked = open_and_approve(&c, "/users/7");
	char id[APPROVAL_ID_LEN + 1], claim[CLAIM_ID_LEN + 1];

	memcpy(id, asked.view.id, sizeof(id));
	redis_server_do(&house.redis, "REPLICAOF 127.0.0.1 1");
	redis_server_do(&house.redis, "REPLICAOF NO ONE");
	assert_int_equal(house_claim(&house, store, &c, id, claim), CLAIM_REFUSED);
	assert_int_equal(house_state(&house, store, id), APPROVAL_EXPIRED);
	assert_int_equal(house_decide(&house, store, id, "carol", "sre", true), DECIDE_SETTLED);
	c.ask.waits_for = id;
	asked = house_ask(&house, store, &c);
	assert_true(asked.is_opened);
	assert_string_not_equal(asked.view.id, id);
	call_clear(&c);
}

/* An id of its own proves nothing once a copy may have taken the server's place. */
static void
a_synced_server_that_was_a_replica_is_not_believed(void **state UNUSED)
{
	struct call c;
	struct asked_copy asked = open_and_approve(&c, "/users/7");
	char claim[CLAIM_ID_LEN + 1];

	assert_string_equal(store_epoch_kind(store), "kept");
	redis_server_do(&house.redis, "REPLICAOF 127.0.0.1 1");
	redis_server_do(&house.redis, "REPLICAOF NO ONE");
	assert_int_not_equal(house_claim(&house, store, &c, asked.view.id, claim), CLAIM_TAKEN);
	wait_for_new_link();
	assert_string_equal(store_epoch_kind(store), "replication-id");
	assert_true(house_ask(&house, store, &c).is_opened);
	call_clear(&c);
}

static void
a_claim_whose_answer_was_lost_is_asked_again(void **state UNUSED)
{
	struct call c;
	struct asked_copy asked = open_and_approve(&c, "/users/7");
	struct race r = {.refused = CLAIMS - 1};
	char claim[CLAIM_ID_LEN + 1];

	store_claim(store, asked.view.id, &c.ask.binding, SPAN("w"), claim, on_raced, &r);
	restart();
	house_run(&house);
	assert_int_equal(r.taken, 1);
	assert_int_equal(house_state(&house, store, asked.view.id), APPROVAL_SPENT);
	call_clear(&c);
}

static void
on_wake(void *owner)
{
	++*(unsigned *)owner;
	loop_stop(house.loop);
}

static void
who_waits_is_woken_when_the_link_is_back(void **state UNUSED)
{
	unsigned wakes = 0;
	/* For everything: one that is not there would be looked for. */
	struct store_watch *watch = store_watch(store, "", on_wake, &wakes);

	restart();
	while (wakes < 1)
		house_tick(&house);
	store_unwatch(&watch);
}

static void
a_claim_for_somebody_who_has_gone_is_burnt(void **state UNUSED)
{
	struct call c;
	struct asked_copy asked = open_and_approve(&c, "/users/7");
	char claim[CLAIM_ID_LEN + 1];
	struct store_op *op;

	op = store_claim(store, asked.view.id, &c.ask.binding, SPAN("w"), claim, on_raced, NULL);
	store_forget(&op);
	assert_null(op);
	while (house_count(&house, "approval.burnt") == 0)
		house_state(&house, store, asked.view.id);
	assert_int_equal(house_state(&house, store, asked.view.id), APPROVAL_SPENT);
	call_clear(&c);
}

static void
what_a_dead_process_left_open_is_closed_once(void **state UNUSED)
{
	struct call c[3];
	char claim[3][CLAIM_ID_LEN + 1], id[3][APPROVAL_ID_LEN + 1];
	char boot[16];

	for (int i = 0; i < 3; i++) {
		static const char *const paths[] = {"/a", "/b", "/c"};

		memcpy(id[i], open_and_approve(&c[i], paths[i]).view.id, sizeof(id[i]));
		assert_int_equal(house_claim(&house, store, &c[i], id[i], claim[i]), CLAIM_TAKEN);
		call_clear(&c[i]);
	}
	assert_true(store_note_intent(store, id[1], claim[1]));
	assert_true(store_note_intent(store, id[2], claim[2]));
	store_close_claim(store, id[2], claim[2], CLAIM_END_COMPLETED);
	for (int i = 2; i < 5; i++) {
		store_free(&store);
		snprintf(boot, sizeof(boot), "b%d", i);
		store = house_store(&house, "", boot);
		store_recover(store);
		house_state(&house, store, id[0]);
		house_count(&house, "approval.burnt");
		house_state(&house, store, id[0]);
	}
	assert_int_equal(house_count(&house, "approval.burnt"), 1);
	assert_int_equal(house_count(&house, "approval.outcome_unknown"), 1);
	assert_string_equal(redis_server_do(&house.redis, "EXISTS {test}:open:n1"), ":0\r\n");
}

#define CASE(name, how) cmocka_unit_test_setup_teardown(name, how, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(of_a_hundred_racing_claims_one_is_taken, begin),
		CASE(of_a_hundred_racing_claims_on_one_machine_one_is_taken, begin),
		CASE(of_a_hundred_racing_claims_as_many_as_uses_are_taken, begin),
		CASE(a_synced_server_that_restarts_has_lost_nothing, begin_synced),
		CASE(a_server_that_may_have_lost_something_is_asked_anew, begin),
		CASE(what_was_agreed_in_another_epoch_is_over, begin),
		CASE(a_synced_server_that_was_a_replica_is_not_believed, begin_synced),
		CASE(a_claim_whose_answer_was_lost_is_asked_again, begin_synced),
		CASE(who_waits_is_woken_when_the_link_is_back, begin),
		CASE(a_claim_for_somebody_who_has_gone_is_burnt, begin),
		CASE(what_a_dead_process_left_open_is_closed_once, begin),
	};

	return cmocka_run_group_tests_name("store_restart", tests, NULL, NULL);
}
