/* The trail of a process: rings, durability, rotation, full disks, failing devices. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/audit/support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "audit/record.h"

enum { DEADLINE_MS = 20000, THREADS = 4, RECORDS = 5000 };

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

static _Atomic bool device_is_broken;

int
__wrap_fdatasync(int fd)
{
	if (atomic_load(&device_is_broken)) {
		errno = EIO;
		return -1;
	}
	return __real_fdatasync(fd);
}

/* Waits for the audit thread, which tells nobody of its health. */
static void
wait_until(bool (*is_so)(const struct audit *), const struct audit *audit)
{
	for (int i = 0; i < DEADLINE_MS && !is_so(audit); i++)
		poll(NULL, 0, 1);
	assert_true(is_so(audit));
}

static bool
is_unwell(const struct audit *audit)
{
	return !audit_is_well(audit);
}

static void
orderly_trail_is_proven_to_its_end(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");

	for (uint64_t i = 0; i < 1000; i++)
		put_number(ring, i);
	audit_ring_close(&ring);
	audit_close(&audit);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
	assert_int_equal(count_lines_with(f->file, "\"number\":"), 1000);
	audit = folder_open(f);
	audit_close(&audit);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
	assert_int_equal(count_lines_with(f->file, "\"chain\":\"node/boot-1\",\"seq\":1"), 1);
}

static void
durable_record_is_in_the_file_when_it_is_told(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");

	put_number(ring, 1);
	assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED, 77));
	assert_int_equal(count_lines_with(f->file, "\"number\":77"), 1);
	assert_true(put_durable(ring, RECORD_DECISION_APPROVED, 78));
	assert_int_equal(count_lines_with(f->file, "\"number\":78"), 1);
	audit_ring_close(&ring);
	audit_close(&audit);
}

struct counted {
	int times;
};

static void
count(void *owner, bool is_durable)
{
	assert_true(is_durable);
	((struct counted *)owner)->times++;
}

static void
forgotten_owner_is_not_told(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");
	struct counted gone = {0}, there = {0};

	assert_non_null(record_begin(ring, RECORD_APPROVAL_CLAIMED, clock_wall()));
	record_end_durable(ring, count, &gone);
	assert_non_null(record_begin(ring, RECORD_APPROVAL_CLAIMED, clock_wall()));
	record_end_durable(ring, count, &there);
	record_forget(ring, &gone);
	assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED, 1));
	assert_int_equal(gone.times, 0);
	assert_int_equal(there.times, 1);
	audit_ring_close(&ring);
	audit_close(&audit);
}

struct producer {
	struct audit *audit;
	unsigned number;
	pthread_t thread;
};

static void *
produce(void *producer)
{
	struct producer *p = producer;
	struct audit_ring *ring;
	char name[32];

	snprintf(name, sizeof(name), "worker-%u", p->number);
	ring = ring_of(p->audit, name);
	for (uint64_t i = 0; i < RECORDS; i++) {
		if (i % 500 == 0)
			assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED,
			                        p->number * RECORDS + i));
		else
			put_number(ring, p->number * RECORDS + i);
	}
	audit_ring_close(&ring);
	return NULL;
}

static void
many_threads_lose_nothing(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct producer producers[THREADS];

	for (unsigned i = 0; i < THREADS; i++) {
		producers[i] = (struct producer){.audit = audit, .number = i};
		assert_int_equal(pthread_create(&producers[i].thread, NULL, produce,
		                                &producers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(producers[i].thread, NULL);
	audit_close(&audit);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
	assert_int_equal(count_lines_with(f->file, "\"number\":"), THREADS * RECORDS);
	assert_int_equal(count_lines_with(f->file, "audit.gap"), 0);
}

static void
full_ring_refuses_and_the_trail_tells(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");
	int fd = open(f->file, O_RDONLY | O_CLOEXEC);
	uint64_t put = 0, refused = 0;

	/* Whoever holds the lock keeps all others from writing. */
	assert_int_equal(flock(fd, LOCK_EX), 0);
	while (refused < 10) {
		struct emit *e = record_begin(ring, RECORD_REQUEST_ALLOWED, clock_wall());

		refused += !e;
		if (!e)
			continue;
		emit_member_u64(e, "number", put++);
		record_end(ring);
	}
	close(fd);
	audit_ring_close(&ring);
	audit_close(&audit);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
	assert_int_equal(count_lines_with(f->file, "\"number\":"), put);
	assert_int_equal(count_lines_with(f->file, "\"gap\":{\"records\":10}"), 1);
}

static void
two_processes_share_one_file(void **state)
{
	struct folder *f = *state;
	struct audit *one = folder_open(f), *two = folder_open(f);
	struct audit_ring *ring_one = ring_of(one, "worker-0"), *ring_two = ring_of(two, "worker-0");

	for (uint64_t i = 0; i < 3000; i++) {
		put_number(i % 2 ? ring_one : ring_two, i);
		if (i % 100 == 0)
			assert_true(put_durable(ring_one, RECORD_APPROVAL_CLAIMED, 9000 + i));
	}
	audit_ring_close(&ring_one);
	audit_ring_close(&ring_two);
	audit_close(&one);
	audit_close(&two);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
	assert_int_equal(count_lines_with(f->file, "\"number\":"), 3030);
}

static void
renamed_file_is_sealed_and_a_new_one_begun(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");
	char old[128];
	struct stat st;

	assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED, 1));
	snprintf(old, sizeof(old), "%s.1", f->file);
	assert_int_equal(rename(f->file, old), 0);
	audit_reopen(audit);
	while (stat(f->file, &st) < 0 || st.st_size == 0) {
		put_number(ring, 2);
		poll(NULL, 0, 1);
	}
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED, 3));
	audit_ring_close(&ring);
	audit_close(&audit);
	assert_int_equal(count_lines_with(old, "audit.checkpoint"), 1);
	assert_int_equal(count_lines_with(f->file, "\"number\":3"), 1);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
}

static void
removed_file_is_told_in_the_one_that_takes_its_place(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");

	assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED, 1));
	assert_int_equal(unlink(f->file), 0);
	assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED, 2));
	audit_ring_close(&ring);
	audit_close(&audit);
	assert_int_equal(count_lines_with(f->file, "\"file_removed\":true"), 1);
	assert_int_equal(count_lines_with(f->file, "\"number\":2"), 1);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
}

static void
failed_sync_is_told_and_made_good(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");

	assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED, 1));
	atomic_store(&device_is_broken, true);
	assert_false(put_durable(ring, RECORD_APPROVAL_CLAIMED, 2));
	wait_until(is_unwell, audit);
	assert_false(audit_reserve(ring));
	assert_false(put_durable(ring, RECORD_APPROVAL_CLAIMED, 3));
	put_number(ring, 4);
	atomic_store(&device_is_broken, false);
	wait_until(audit_is_well, audit);
	assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED, 5));
	audit_ring_close(&ring);
	audit_close(&audit);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
	assert_int_equal(count_lines_with(f->file, "\"number\":"), 5);
	assert_int_equal(count_lines_with(f->file, "audit.gap"), 0);
}

static void
fill_disk(const char *dir)
{
	char path[160], block[4096] = {0};
	int fd;

	snprintf(path, sizeof(path), "%s/ballast", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		continue;
	close(fd);
}

static void
check_full_disk(struct folder *f, const char *disk)
{
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");
	char ballast[160];
	uint64_t put = 0;

	assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED, put++));
	assert_true(audit_reserve(ring));
	fill_disk(disk);
	/* Blocks asked for ahead of need come first. */
	while (audit_is_well(audit)) {
		put_number(ring, put++);
		if (put % 64 == 0)
			poll(NULL, 0, 1);
	}
	assert_false(audit_reserve(ring));
	assert_false(put_durable(ring, RECORD_DECISION_APPROVED, put++));
	/* The claim that was reserved for still gets its intent and its outcome. */
	assert_true(put_durable(ring, RECORD_APPROVAL_CLAIMED, put++));
	assert_true(put_durable(ring, RECORD_APPROVAL_COMPLETED, put++));
	audit_release(ring);
	snprintf(ballast, sizeof(ballast), "%s/ballast", disk);
	assert_int_equal(unlink(ballast), 0);
	wait_until(audit_is_well, audit);
	assert_true(put_durable(ring, RECORD_DECISION_APPROVED, put++));
	audit_ring_close(&ring);
	audit_close(&audit);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
	assert_int_equal(count_lines_with(f->file, "\"number\":"), put);
	assert_int_equal(count_lines_with(f->file, "audit.gap"), 0);
}

static void
full_disk_loses_nothing_and_keeps_room_for_claims(void **state)
{
	struct folder *f = *state;
	char disk[96];

	snprintf(disk, sizeof(disk), "%s/disk", f->dir);
	assert_int_equal(mkdir(disk, 0700), 0);
	if (mount("tmpfs", disk, "tmpfs", 0, "size=12m,mode=700") < 0)
		skip();
	snprintf(f->file, sizeof(f->file), "%s/disk/a.jsonl", f->dir);
	check_full_disk(f, disk);
	assert_int_equal(umount(disk), 0);
}

static void
reservations_end_with_the_room(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");
	unsigned taken = 0;

	while (audit_reserve(ring)) {
		assert_true(taken < 100000);
		taken++;
	}
	assert_true(taken >= 256);
	audit_release(ring);
	assert_true(audit_reserve(ring));
	assert_false(audit_reserve(ring));
	for (unsigned i = 0; i < taken; i++)
		audit_release(ring);
	audit_ring_close(&ring);
	audit_close(&audit);
}

static void
open_fails_with(struct folder *f, const char *text)
{
	struct buf why = BUF_INIT(4096);
	struct audit *audit =
		audit_open(&(struct audit_settings){.file = f->file, .state_dir = f->state,
	                                            .node = "node", .boot = "refused",
	                                            .version = "0.1.0"}, &why);

	assert_null(audit);
	if (!strstr(buf_cstr(&why), text))
		fail_msg("\"%s\" is not in: %s", text, buf_cstr(&why));
	buf_clear(&why);
}

static void
unsafe_places_are_refused_with_a_reason(void **state)
{
	struct folder *f = *state;

	write_file(f->file, SPAN(""));
	assert_int_equal(chmod(f->file, 0620), 0);
	open_fails_with(f, "others may write");
	assert_int_equal(chmod(f->file, 0600), 0);
	assert_int_equal(chmod(f->dir, 0777), 0);
	open_fails_with(f, "everybody may write");
	assert_int_equal(chmod(f->dir, 0700), 0);
	snprintf(f->file, sizeof(f->file), "%s/none/audit.jsonl", f->dir);
	open_fails_with(f, "none: No such file");
	snprintf(f->file, sizeof(f->file), "%s/state", f->dir);
	open_fails_with(f, "directory");
	snprintf(f->file, sizeof(f->file), "%s/pipe", f->dir);
	assert_int_equal(mkfifo(f->file, 0600), 0);
	open_fails_with(f, "not a regular file");
	snprintf(f->state, sizeof(f->state), "%s/none", f->dir);
	open_fails_with(f, "state_dir");
}

static void
torn_last_line_is_cut_and_told(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct buf bytes;

	audit_close(&audit);
	bytes = read_file(f->file);
	buf_add(&bytes, SPAN("{\"v\":1,\"seq\":99,\"chain\":\"node/bo"));
	write_file(f->file, buf_span(&bytes));
	buf_clear(&bytes);
	audit = folder_open(f);
	audit_close(&audit);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
	assert_int_equal(count_lines_with(f->file, "\"torn_bytes\":32"), 1);
}

static void
cut_file_is_named_by_the_next_chain(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");
	struct buf bytes, found = BUF_INIT(4096);

	for (uint64_t i = 0; i < 10; i++)
		put_number(ring, i);
	audit_ring_close(&ring);
	audit_close(&audit);
	bytes = read_file(f->file);
	bytes.len = (size_t)((char *)memrchr(bytes.ptr, '\n', bytes.len - 1) + 1 - bytes.ptr);
	write_file(f->file, buf_span(&bytes));
	buf_clear(&bytes);
	audit = folder_open(f);
	audit_close(&audit);
	assert_int_equal(folder_verify(f, &found), VERIFY_ALTERED);
	assert_string_equal(buf_cstr(&found), "missing 11 11\n");
	buf_clear(&found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(orderly_trail_is_proven_to_its_end, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(durable_record_is_in_the_file_when_it_is_told,
		                                folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(forgotten_owner_is_not_told, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(many_threads_lose_nothing, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(full_ring_refuses_and_the_trail_tells, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(two_processes_share_one_file, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(renamed_file_is_sealed_and_a_new_one_begun,
		                                folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			removed_file_is_told_in_the_one_that_takes_its_place, folder_make,
			folder_remove),
		cmocka_unit_test_setup_teardown(failed_sync_is_told_and_made_good, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(full_disk_loses_nothing_and_keeps_room_for_claims,
		                                folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(reservations_end_with_the_room, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(unsafe_places_are_refused_with_a_reason,
		                                folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(torn_last_line_is_cut_and_told, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(cut_file_is_named_by_the_next_chain, folder_make,
		                                folder_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
