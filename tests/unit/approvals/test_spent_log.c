/* The spent log: what is written counts, whoever wrote it, and nothing else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "approvals/spent_log.h"

#define ID "01ARZ3NDEKTSV4RRFFQ69G5FAV"

static char directory[64], file[80];
static struct loop *loop;
static unsigned durable;

static int
begin(void **state UNUSED)
{
	snprintf(directory, sizeof(directory), "/tmp/countersign-test-XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(file, sizeof(file), "%s/spent.log", directory);
	loop = loop_new();
	durable = 0;
	return 0;
}

static int
end(void **state UNUSED)
{
	char command[100];

	loop_free(loop);
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

static struct spent_log *
open_log(const char *boot)
{
	struct buf why = BUF_INIT(500);
	struct spent_log *log = spent_log_open(loop, directory, boot, &why);

	if (!log)
		fail_msg("%s", buf_cstr(&why));
	return log;
}

static void
on_durable(void *owner, bool is_durable)
{
	assert_true(is_durable);
	durable++;
	if (owner)
		loop_stop(loop);
}

static struct wall
soon(void)
{
	return (struct wall){clock_wall().us + 60 * SECOND_US};
}

static enum spent_result
take(struct spent_log *log, const char *id, const char *claim, uint64_t uses)
{
	struct spent_take t = {id, claim, uses, soon()};

	return spent_log_take(log, &t, on_durable, NULL);
}

static void
uses_are_counted_across_processes(void **state UNUSED)
{
	struct spent_log *a = open_log("b1"), *b = open_log("b2");

	assert_int_equal(spent_log_look(a, ID).uses, 0);
	assert_int_equal(take(a, ID, "c1", 2), SPENT_TAKEN);
	assert_int_equal(spent_log_look(b, ID).uses, 1);
	assert_int_equal(take(b, ID, "c2", 2), SPENT_TAKEN);
	assert_int_equal(take(a, ID, "c3", 2), SPENT_USED_UP);
	assert_int_equal(take(b, ID, "c4", 2), SPENT_USED_UP);
	spent_log_close(&a);
	spent_log_close(&b);
	a = open_log("b3");
	assert_int_equal(spent_log_look(a, ID).uses, 2);
	spent_log_close(&a);
}

static void
a_use_is_told_when_it_is_durable(void **state UNUSED)
{
	struct spent_log *log = open_log("b1");
	struct spent_take t = {ID, "c1", 1, soon()};

	assert_int_equal(spent_log_take(log, &t, on_durable, log), SPENT_TAKEN);
	assert_int_equal(durable, 0);
	loop_run(loop);
	assert_int_equal(durable, 1);
	spent_log_close(&log);
}

static void
a_no_is_remembered(void **state UNUSED)
{
	struct spent_log *a = open_log("b1"), *b = open_log("b2");

	assert_false(spent_log_look(a, ID).has_no);
	spent_log_add_no(a, ID, soon());
	assert_true(spent_log_look(b, ID).has_no);
	assert_false(spent_log_look(b, "01ARZ3NDEKTSV4RRFFQ69G5FAX").has_no);
	spent_log_close(&a);
	spent_log_close(&b);
}

static void
an_unknown_end_stops_further_uses(void **state UNUSED)
{
	struct spent_log *a = open_log("b1"), *b = open_log("b2");

	assert_int_equal(take(a, ID, "c1", 5), SPENT_TAKEN);
	assert_int_equal(take(a, ID, "c2", 5), SPENT_TAKEN);
	spent_log_add_end(a, ID, "c1", CLAIM_END_COMPLETED);
	assert_false(spent_log_look(b, ID).has_unknown);
	spent_log_add_end(a, ID, "c2", CLAIM_END_UNKNOWN);
	assert_true(spent_log_look(b, ID).has_unknown);
	assert_int_equal(take(b, ID, "c3", 5), SPENT_UNDER_REVIEW);
	assert_int_equal(take(b, "other", "c4", 5), SPENT_TAKEN);
	spent_log_close(&a);
	spent_log_close(&b);
	a = open_log("b3");
	assert_int_equal(take(a, ID, "c5", 5), SPENT_UNDER_REVIEW);
	spent_log_close(&a);
}

static void
append(const char *text)
{
	int fd = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
}

static void
a_torn_or_forged_line_counts_for_nothing(void **state UNUSED)
{
	struct spent_log *log = open_log("b1");

	assert_int_equal(take(log, ID, "c1", 5), SPENT_TAKEN);
	append("took " ID " c2 9 b1 k 0123456789abcdef\n");
	append("took " ID " c3 9 b1 k 0123");
	assert_int_equal(take(log, ID, "c4", 5), SPENT_TAKEN);
	assert_int_equal(spent_log_look(log, ID).uses, 2);
	spent_log_close(&log);
	log = open_log("b2");
	assert_int_equal(spent_log_look(log, ID).uses, 2);
	spent_log_close(&log);
}

static void
what_is_added_is_known_to_who_adds_it_and_to_others(void **state UNUSED)
{
	struct spent_log *log = open_log("b1"), *other = open_log("b2");

	assert_int_equal(take(log, ID, "c1", 9), SPENT_TAKEN);
	assert_int_equal(take(other, ID, "c2", 9), SPENT_TAKEN);
	assert_true(spent_log_add_intent(log, ID, "c2"));
	assert_true(spent_log_trace(log, SPAN("c2"))->has_intent);
	assert_true(spent_log_trace(other, SPAN("c2"))->has_intent);
	assert_int_equal(spent_log_look(log, ID).uses, 2);
	assert_int_equal(spent_log_look(other, ID).uses, 2);
	spent_log_close(&log);
	spent_log_close(&other);
}

static void
a_log_that_was_shortened_releases_nothing(void **state UNUSED)
{
	struct spent_log *log = open_log("b1");

	assert_int_equal(take(log, ID, "c1", 9), SPENT_TAKEN);
	assert_int_equal(truncate(file, 10), 0);
	assert_int_equal(take(log, ID, "c2", 9), SPENT_FAILED);
	assert_int_equal(spent_log_look(log, ID).uses, 1);
	spent_log_close(&log);
}

/* Lines behind it would not be seen. */
static void
a_log_that_cannot_be_read_to_its_end_releases_nothing(void **state UNUSED)
{
	enum { MORE_THAN_IS_READ_AT_ONCE = 70000 };
	struct spent_log *log = open_log("b1");
	char *rubbish = calloc(1, MORE_THAN_IS_READ_AT_ONCE);

	assert_non_null(rubbish);
	assert_int_equal(take(log, ID, "c1", 9), SPENT_TAKEN);
	memset(rubbish, 'x', MORE_THAN_IS_READ_AT_ONCE - 1);
	append(rubbish);
	assert_int_equal(take(log, ID, "c2", 9), SPENT_FAILED);
	assert_int_equal(take(log, ID, "c3", 9), SPENT_FAILED);
	free(rubbish);
	spent_log_close(&log);
}

static void
note(void *owner, const struct trace *t)
{
	char *text = owner;

	snprintf(text + strlen(text), 40 - strlen(text), "%s%s ", t->claim,
	         t->has_intent ? "!" : "");
}

static void
orphans_are_the_open_claims_of_the_dead(void **state UNUSED)
{
	struct spent_log *dead = open_log("b1"), *living = open_log("b2"), *log;
	char orphans[40] = "";

	assert_int_equal(take(dead, ID, "c1", 9), SPENT_TAKEN);
	assert_int_equal(take(dead, ID, "c2", 9), SPENT_TAKEN);
	assert_int_equal(take(living, ID, "c3", 9), SPENT_TAKEN);
	assert_true(spent_log_add_intent(dead, ID, "c2"));
	assert_int_equal(take(dead, ID, "c4", 9), SPENT_TAKEN);
	spent_log_add_end(dead, ID, "c4", CLAIM_END_COMPLETED);
	spent_log_close(&dead);
	log = open_log("b3");
	spent_log_each_orphan(log, note, orphans);
	assert_non_null(strstr(orphans, "c1 "));
	assert_non_null(strstr(orphans, "c2! "));
	assert_int_equal(strlen(orphans), 7);
	assert_int_equal(spent_log_trace(log, SPAN("c4"))->end, CLAIM_END_COMPLETED);
	assert_null(spent_log_trace(log, SPAN("c9")));
	spent_log_close(&living);
	spent_log_close(&log);
}

static bool
has_boot(const char *boot)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/boots/%s", directory, boot);
	return access(path, F_OK) == 0;
}

static void
files_of_the_dead_are_cleared_away_at_a_start(void **state UNUSED)
{
	struct spent_log *dead = open_log("b1"), *living = open_log("b2"), *log, *thread;

	spent_log_close(&dead);
	assert_true(has_boot("b1"));
	log = open_log("b3");
	thread = open_log("b3");
	assert_false(has_boot("b1"));
	assert_true(has_boot("b2"));
	assert_true(has_boot("b3"));
	assert_true(spent_log_boot_is_gone(log, "b1"));
	assert_false(spent_log_boot_is_gone(log, "b2"));
	assert_false(spent_log_boot_is_gone(living, "b3"));
	spent_log_close(&log);
	assert_false(spent_log_boot_is_gone(living, "b3"));
	spent_log_close(&thread);
	assert_true(spent_log_boot_is_gone(living, "b3"));
	spent_log_close(&living);
}

static void
fill(struct spent_log *log)
{
	char id[32];
	struct spent_take t = {id, id, 1, {clock_wall().us - 172800 * SECOND_US}};

	for (int i = 0; i < 12000; i++) {
		snprintf(id, sizeof(id), "old-%d", i);
		assert_int_equal(spent_log_take(log, &t, on_durable, NULL), SPENT_TAKEN);
		spent_log_add_end(log, id, id, CLAIM_END_COMPLETED);
	}
}

static void
a_large_log_drops_what_is_long_over_and_nothing_else(void **state UNUSED)
{
	struct spent_log *log = open_log("b1"), *sibling = open_log("b2"), *next;
	struct stat before, after;

	assert_int_equal(take(log, ID, "c1", 1), SPENT_TAKEN);
	fill(log);
	assert_int_equal(stat(file, &before), 0);
	next = open_log("b3");
	assert_int_equal(stat(file, &after), 0);
	assert_true(after.st_size < before.st_size / 10);
	assert_int_equal(spent_log_look(next, ID).uses, 1);
	/* Those who had the old file go on with the new one. */
	assert_int_equal(take(next, "other", "c2", 1), SPENT_TAKEN);
	assert_int_equal(spent_log_look(sibling, "other").uses, 1);
	assert_int_equal(take(sibling, ID, "c3", 1), SPENT_USED_UP);
	assert_int_equal(take(sibling, "third", "c5", 1), SPENT_TAKEN);
	assert_int_equal(spent_log_look(next, "third").uses, 1);
	spent_log_close(&log);
	spent_log_close(&sibling);
	spent_log_close(&next);
}

enum { PROCESSES = 4, TRIES = 200 };

static int
race(int number)
{
	struct spent_log *log;
	char boot[16], claim[32];
	int taken = 0;

	loop = loop_new();
	snprintf(boot, sizeof(boot), "p%d", number);
	log = open_log(boot);
	for (int i = 0; i < TRIES; i++) {
		snprintf(claim, sizeof(claim), "%d.%d", number, i);
		taken += take(log, ID, claim, 50) == SPENT_TAKEN;
	}
	return taken;
}

static void
processes_that_race_take_as_many_as_there_are(void **state UNUSED)
{
	pid_t children[PROCESSES];
	int taken = 0, status;

	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(race(i));
	}
	for (int i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		taken += WEXITSTATUS(status);
	}
	assert_int_equal(taken, 50);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(uses_are_counted_across_processes),
		CASE(a_use_is_told_when_it_is_durable),
		CASE(a_no_is_remembered),
		CASE(an_unknown_end_stops_further_uses),
		CASE(a_torn_or_forged_line_counts_for_nothing),
		CASE(what_is_added_is_known_to_who_adds_it_and_to_others),
		CASE(a_log_that_was_shortened_releases_nothing),
		CASE(a_log_that_cannot_be_read_to_its_end_releases_nothing),
		CASE(orphans_are_the_open_claims_of_the_dead),
		CASE(files_of_the_dead_are_cleared_away_at_a_start),
		CASE(a_large_log_drops_what_is_long_over_and_nothing_else),
		CASE(processes_that_race_take_as_many_as_there_are),
	};

	return cmocka_run_group_tests_name("spent_log", tests, NULL, NULL);
}
