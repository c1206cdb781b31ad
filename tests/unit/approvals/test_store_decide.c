/* The same decision sent many times at once: one counts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/approvals/store_house.h"

enum { DOUBLES = 10 };

static struct house house;
static struct store *store, *second;
static struct call call;
static char id[APPROVAL_ID_LEN + 1];

struct told {
	unsigned done, repeated, changed, other;
};

static int
begin(void **state UNUSED)
{
	house_begin(&house, false);
	store = house_store(&house, "", "b1");
	second = house_store(&house, "second", "b2");
	call_make(&call, "alice", "/users/7", "");
	call.requirement.needs[0].count = 2;
	memcpy(id, house_ask(&house, store, &call).view.id, sizeof(id));
	return 0;
}

static int
end(void **state UNUSED)
{
	call_clear(&call);
	store_free(&second);
	store_free(&store);
	house_end(&house);
	return 0;
}

static void
on_decided(void *owner, enum decide_result result, const struct approval_view *view UNUSED)
{
	struct told *t = owner;

	*(result == DECIDE_DONE       ? &t->done
	  : result == DECIDE_REPEATED ? &t->repeated
	  : result == DECIDE_CHANGED  ? &t->changed
	                              : &t->other) += 1;
	loop_stop(house.loop);
}

static struct store_op *
decide(struct store *at, const char *user, bool approves, struct told *told)
{
	struct span groups[] = {SPAN("sre")};
	struct person by = {span_cstr(user), groups, 1, IDENTITY_TOKEN};
	struct decision decision = {
		.id = id, .approves = approves, .reason = SPAN("because"), .by = &by};

	return store_decide(at, &decision, on_decided, told);
}

static unsigned
wait_for(const struct told *told, unsigned count)
{
	while (told->done + told->repeated + told->changed + told->other < count)
		house_run(&house);
	return told->done;
}

/* The ids of the lines of this event, one after the other; returns how many are different. */
static unsigned
different_ids(const char *event)
{
	char path[120], line[16384], word[80], seen[DOUBLES][32];
	unsigned count = 0;
	FILE *file;

	house_count(&house, event);
	snprintf(path, sizeof(path), "%s/audit.jsonl", house.redis.directory);
	snprintf(word, sizeof(word), "\"event\":\"%s\"", event);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, "\"id\":\"");
		bool is_new = strstr(line, word) && at && count < DOUBLES;

		for (unsigned i = 0; is_new && i < count; i++)
			is_new = strncmp(seen[i], at + 6, 26) != 0;
		if (is_new)
			snprintf(seen[count++], sizeof(seen[0]), "%.26s", at + 6);
	}
	fclose(file);
	return count;
}

static void
of_ten_at_once_one_counts_and_is_recorded(void **state UNUSED)
{
	struct told told = {0};

	for (int i = 0; i < DOUBLES; i++)
		decide(store, i % 2 ? "bob" : "Bob", true, &told);
	assert_int_equal(wait_for(&told, DOUBLES), 1);
	assert_int_equal(told.repeated, DOUBLES - 1);
	assert_int_equal(house_count(&house, "decision.approved"), 1);
	assert_int_equal(house_state(&house, store, id), APPROVAL_PENDING);
}

static void
others_need_not_wait_for_it(void **state UNUSED)
{
	struct told told = {0};

	decide(store, "bob", true, &told);
	decide(store, "carol", true, &told);
	assert_int_equal(wait_for(&told, 2), 2);
	assert_int_equal(different_ids("decision.approved"), 2);
	assert_int_equal(house_state(&house, store, id), APPROVAL_APPROVED);
}

static void
of_a_yes_and_a_no_at_once_the_first_counts(void **state UNUSED)
{
	struct told told = {0};

	decide(store, "bob", true, &told);
	decide(store, "bob", false, &told);
	assert_int_equal(wait_for(&told, 2), 1);
	assert_int_equal(told.changed, 1);
	assert_int_equal(house_count(&house, "decision.denied"), 0);
}

/* Each has written its line before it asks Redis: one decision, told twice. */
static void
two_processes_at_once_tell_one_decision(void **state UNUSED)
{
	struct told told = {0};

	decide(store, "bob", true, &told);
	decide(second, "bob", true, &told);
	assert_int_equal(wait_for(&told, 2), 1);
	assert_int_equal(told.repeated, 1);
	assert_int_equal(different_ids("decision.approved"), 1);
}

static void
who_is_behind_one_that_is_forgotten_has_his_turn(void **state UNUSED)
{
	struct told told = {0}, nobody = {0};
	struct store_op *first = decide(store, "bob", true, &nobody);

	decide(store, "bob", true, &told);
	store_forget(&first);
	wait_for(&told, 1);
	assert_int_equal(told.repeated, 1);
	assert_int_equal(nobody.done, 0);
}

static void
a_store_that_ends_tells_nobody(void **state UNUSED)
{
	struct told told = {0};

	for (int i = 0; i < DOUBLES; i++)
		decide(store, "bob", true, &told);
	store_free(&store);
	store = house_store(&house, "", "b3");
	assert_int_equal(told.done + told.repeated + told.changed + told.other, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(of_ten_at_once_one_counts_and_is_recorded),
		CASE(others_need_not_wait_for_it),
		CASE(of_a_yes_and_a_no_at_once_the_first_counts),
		CASE(two_processes_at_once_tell_one_decision),
		CASE(who_is_behind_one_that_is_forgotten_has_his_turn),
		CASE(a_store_that_ends_tells_nobody),
	};

	return cmocka_run_group_tests_name("store_decide", tests, NULL, NULL);
}
