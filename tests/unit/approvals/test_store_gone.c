/* What Redis has lost while its server stays: everything, the epoch, or one approval. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/approvals/store_house.h"

static struct house house;
static struct store *store;
static struct store_watch *watch;
static struct call call;
static char id[APPROVAL_ID_LEN + 1];
static unsigned wakes;

static void
on_wake(void *owner)
{
	++*(unsigned *)owner;
	loop_stop(house.loop);
}

static int
begin_with(bool syncs)
{
	house_begin(&house, syncs);
	store = house_store(&house, "", "b1");
	call_make(&call, "alice", "/users/7", "");
	memcpy(id, house_ask(&house, store, &call).view.id, sizeof(id));
	call.ask.waits_for = id;
	watch = store_watch(store, id, on_wake, &wakes);
	/* What opened it wakes, too. */
	for (int i = 0; i < 5; i++)
		house_tick(&house);
	wakes = 0;
	return 0;
}

static int
begin(void **state UNUSED)
{
	return begin_with(false);
}

static int
begin_synced(void **state UNUSED)
{
	return begin_with(true);
}

static int
end(void **state UNUSED)
{
	store_unwatch(&watch);
	call_clear(&call);
	store_free(&store);
	house_end(&house);
	return 0;
}

/* Nobody asks, and the link stays: only the store itself can notice. */
static void
expect_successor(void)
{
	struct asked_copy asked;
	char follows[60];

	while (wakes == 0)
		house_tick(&house);
	asked = house_ask(&house, store, &call);
	assert_int_equal(asked.result, ASK_PENDING);
	assert_true(asked.is_opened);
	assert_string_not_equal(asked.view.id, id);
	snprintf(follows, sizeof(follows), "\"follows\":\"%s\"", id);
	assert_non_null(strstr(
		redis_server_do(&house.redis, "HGET {test}:a:%s request", asked.view.id), follows));
}

static void
who_waits_for_what_was_flushed_is_woken(void **state UNUSED)
{
	redis_server_do(&house.redis, "FLUSHALL");
	expect_successor();
}

static void
who_waits_is_woken_when_the_epoch_is_removed(void **state UNUSED)
{
	redis_server_do(&house.redis, "DEL {test}:epoch");
	expect_successor();
	/* What is left of it counts no more. */
	assert_int_equal(house_state(&house, store, id), APPROVAL_EXPIRED);
}

static void
who_waits_for_one_that_was_removed_is_woken(void **state UNUSED)
{
	redis_server_do(&house.redis, "DEL {test}:a:%s", id);
	expect_successor();
}

/* One in fifty has its turn in each sweep, and all of them have. */
static void
everybody_has_his_turn(void **state UNUSED)
{
	struct store_watch *others[60];
	unsigned ignored = 0;

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		others[i] = store_watch(store, "01ARZ3NDEKTSV4RRFFQ69G5FAV", on_wake, &ignored);
	store_unwatch(&watch);
	watch = store_watch(store, id, on_wake, &wakes);
	redis_server_do(&house.redis, "DEL {test}:a:%s", id);
	while (wakes == 0)
		house_tick(&house);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		store_unwatch(&others[i]);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define SYNCED(name) cmocka_unit_test_setup_teardown(name, begin_synced, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(who_waits_for_what_was_flushed_is_woken),
		SYNCED(who_waits_for_what_was_flushed_is_woken),
		CASE(who_waits_is_woken_when_the_epoch_is_removed),
		SYNCED(who_waits_is_woken_when_the_epoch_is_removed),
		CASE(who_waits_for_one_that_was_removed_is_woken),
		CASE(everybody_has_his_turn),
	};

	return cmocka_run_group_tests_name("store_gone", tests, NULL, NULL);
}
