/* Lanes: order, laps, fullness, and what a dead process leaves. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "audit/lane.h"

enum { SIZE = 64 * 1024, RECORDS = 200000 };

static char path[64];

static int
make_path(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/countersign-lane-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	return unlink(path);
}

static int
remove_path(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static struct lane
make_lane(void)
{
	struct lane l;
	struct buf why = BUF_INIT(1024);

	if (!lane_create(&l, path, SIZE, &why))
		fail_msg("%s", buf_cstr(&why));
	return l;
}

static bool
put(struct lane *l, uint64_t number, size_t len)
{
	char *room = lane_room(l, len);

	if (!room)
		return false;
	memset(room, (char)number, len);
	memcpy(room, &number, sizeof(number));
	lane_commit(l, len, number % 2 ? LANE_DURABLE : LANE_PLAIN);
	return true;
}

static bool
take(struct lane *l, uint64_t number, size_t len)
{
	struct lane_record record;
	uint64_t got;

	if (!lane_next(l, &record))
		return false;
	memcpy(&got, record.bytes.ptr, sizeof(got));
	assert_int_equal(got, number);
	assert_int_equal(record.bytes.len, len);
	assert_int_equal(record.flag, number % 2 ? LANE_DURABLE : LANE_PLAIN);
	for (size_t i = sizeof(got); i < len; i++)
		assert_int_equal(record.bytes.ptr[i], (char)number);
	return true;
}

static size_t
len_of(uint64_t number)
{
	return 8 + number * 7919 % 3000;
}

static void
laps_keep_order_and_bytes(void **state)
{
	struct lane l = make_lane();
	uint64_t written = 0, read = 0;

	(void)state;
	while (read < 5000) {
		while (put(&l, written, len_of(written)))
			written++;
		assert_true(take(&l, read, len_of(read)));
		read++;
		lane_take(&l);
	}
	lane_unmap(&l);
}

static void
full_lane_refuses_and_empties(void **state)
{
	struct lane l = make_lane();
	uint64_t written = 0;

	(void)state;
	while (put(&l, written, 1000))
		written++;
	assert_true(written * 1008 > SIZE - 2 * 1008);
	assert_true(lane_waiting(&l) <= SIZE);
	for (uint64_t i = 0; i < written; i++)
		assert_true(take(&l, i, 1000));
	assert_false(put(&l, written, 1000));
	lane_take(&l);
	assert_true(lane_is_empty(&l));
	assert_true(put(&l, written, 1000));
	lane_unmap(&l);
}

static void
what_was_not_taken_is_read_again(void **state)
{
	struct lane l = make_lane();

	(void)state;
	for (uint64_t i = 0; i < 10; i++)
		assert_true(put(&l, i, 100));
	for (uint64_t i = 0; i < 6; i++)
		assert_true(take(&l, i, 100));
	lane_rewind(&l);
	for (uint64_t i = 0; i < 4; i++)
		assert_true(take(&l, i, 100));
	lane_take(&l);
	lane_rewind(&l);
	assert_true(take(&l, 4, 100));
	lane_unmap(&l);
}

static void
record_that_was_not_committed_was_never_there(void **state)
{
	struct lane l = make_lane(), left;
	struct buf why = BUF_INIT(1024);

	(void)state;
	assert_true(put(&l, 1, 100));
	memset(lane_room(&l, 500), 'x', 500);
	assert_true(lane_open(&left, path, &why));
	assert_true(take(&left, 1, 100));
	assert_false(take(&left, 2, 100));
	assert_true(lane_is_empty(&left));
	lane_unmap(&left);
	lane_unmap(&l);
}

static void
files_that_are_no_lanes_are_refused(void **state)
{
	struct lane l;
	struct buf why = BUF_INIT(1024);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_false(lane_open(&l, path, &why));
	assert_int_equal(why.len, 0);
	assert_int_equal(write(fd, "anything", 8), 8);
	assert_false(lane_open(&l, path, &why));
	assert_int_equal(ftruncate(fd, 4096 + SIZE), 0);
	assert_false(lane_open(&l, path, &why));
	assert_true(why.len > 0);
	close(fd);
	buf_clear(&why);
}

static void *
write_all(void *lane)
{
	for (uint64_t i = 0; i < RECORDS;) {
		if (put(lane, i, 8 + i % 300))
			i++;
		else
			sched_yield();
	}
	return NULL;
}

static void
two_threads_agree(void **state)
{
	struct lane l = make_lane();
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, write_all, &l), 0);
	for (uint64_t i = 0; i < RECORDS;) {
		struct lane_record record;
		uint64_t got;

		if (!lane_next(&l, &record)) {
			sched_yield();
			continue;
		}
		memcpy(&got, record.bytes.ptr, sizeof(got));
		assert_int_equal(got, i);
		assert_int_equal(record.bytes.len, 8 + i % 300);
		i++;
		lane_take(&l);
	}
	pthread_join(thread, NULL);
	lane_unmap(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(laps_keep_order_and_bytes, make_path, remove_path),
		cmocka_unit_test_setup_teardown(full_lane_refuses_and_empties, make_path,
		                                remove_path),
		cmocka_unit_test_setup_teardown(what_was_not_taken_is_read_again, make_path,
		                                remove_path),
		cmocka_unit_test_setup_teardown(record_that_was_not_committed_was_never_there,
		                                make_path, remove_path),
		cmocka_unit_test_setup_teardown(files_that_are_no_lanes_are_refused, make_path,
		                                remove_path),
		cmocka_unit_test_setup_teardown(two_threads_agree, make_path, remove_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
