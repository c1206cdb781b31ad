/* Processes that are killed at any moment: no record is lost, none stands there twice. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/audit/support.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/line_reader.h"
#include "lib/base/memory.h"

enum {
	PRODUCERS = 2,
	ROUNDS = 12, /* of CHECK_SCALE 1 */
	ROUNDS_MAX = 4096,
	LIFE_US_MAX = 60000,
	PER_PRODUCER = 1 << 20,
};

/* Shared with the children: how many records each has handed over. */
struct ledger {
	_Atomic uint32_t put[ROUNDS_MAX][PRODUCERS];
	_Atomic uint32_t durable[ROUNDS_MAX];
};

struct life {
	struct audit *audit;
	struct ledger *ledger;
	unsigned round, producer;
};

static uint64_t
number_of(unsigned round, unsigned producer, uint32_t i)
{
	return ((uint64_t)round * PRODUCERS + producer) * PER_PRODUCER + i;
}

static void *
produce(void *life)
{
	struct life *l = life;
	struct audit_ring *ring = ring_of(l->audit, l->producer ? "worker-1" : "worker-0");

	for (uint32_t i = 0; i < PER_PRODUCER; i++) {
		struct emit *e = record_begin(ring, RECORD_REQUEST_ALLOWED, clock_wall());

		while (!e) {
			sched_yield();
			e = record_begin(ring, RECORD_REQUEST_ALLOWED, clock_wall());
		}
		emit_member_u64(e, "number", number_of(l->round, l->producer, i));
		record_end(ring);
		atomic_store(&l->ledger->put[l->round][l->producer], i + 1);
		if (i % 16 == 0)
			poll(NULL, 0, 1);
	}
	return NULL;
}

/* Never returns: killed. */
static void
live(struct folder *f, struct ledger *ledger, unsigned round)
{
	struct life lives[PRODUCERS];
	struct audit_ring *ring;
	pthread_t thread;

	f->boots = round;
	lives[0].audit = folder_open(f);
	ring = ring_of(lives[0].audit, "admin");
	for (unsigned i = 0; i < PRODUCERS; i++) {
		lives[i] = (struct life){lives[0].audit, ledger, round, i};
		pthread_create(&thread, NULL, produce, &lives[i]);
	}
	for (uint32_t i = 0;; i++) {
		if (put_durable(ring, RECORD_APPROVAL_CLAIMED, UINT64_C(1) << 50 | round))
			atomic_store(&ledger->durable[round], i + 1);
	}
}

struct seen {
	unsigned char *times; /* per number */
	uint32_t durable[ROUNDS_MAX];
	uint64_t doubled;
};

static void
see(void *owner, struct span line)
{
	static const char key[] = "\"number\":";
	struct seen *seen = owner;
	const char *at = memmem(line.ptr, line.len, key, sizeof(key) - 1);
	uint64_t number = 0;

	if (!at)
		return;
	for (at += sizeof(key) - 1; ascii_is_digit(*at); at++)
		number = number * 10 + (uint64_t)(*at - '0');
	if (number >> 50)
		seen->durable[number & (ROUNDS_MAX - 1)]++;
	else if (seen->times[number]++)
		seen->doubled++;
}

static void
compare(const struct folder *f, const struct ledger *ledger, unsigned rounds)
{
	struct seen *seen = memory_new(sizeof(*seen));
	FILE *file = fopen(f->file, "re");

	assert_non_null(file);
	seen->times = memory_new((size_t)rounds * PRODUCERS * PER_PRODUCER);
	each_line(fileno(file), 0, see, seen);
	fclose(file);
	assert_int_equal(seen->doubled, 0);
	for (unsigned round = 0; round < rounds; round++) {
		for (unsigned p = 0; p < PRODUCERS; p++) {
			uint32_t put = atomic_load(&ledger->put[round][p]);

			for (uint32_t i = 0; i < put; i++) {
				if (seen->times[number_of(round, p, i)] != 1)
					fail_msg("round %u: record %u of producer %u is lost",
					         round, i, p);
			}
		}
		if (seen->durable[round] < atomic_load(&ledger->durable[round]))
			fail_msg("round %u: a durable record is lost", round);
	}
	free(seen->times);
	free(seen);
}

static void
killed_processes_lose_and_double_nothing(void **state)
{
	struct folder *f = *state;
	uint64_t seed = setting("CHECK_SEED", 20261122);
	unsigned rounds = (unsigned)(ROUNDS * setting("CHECK_SCALE", 1));
	struct ledger *ledger = mmap(NULL, sizeof(*ledger), PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct buf found = BUF_INIT(65536);
	struct audit *audit;

	assert_true(ledger != MAP_FAILED);
	if (rounds > ROUNDS_MAX)
		rounds = ROUNDS_MAX;
	print_message("CHECK_SEED=%llu, %u rounds\n", (unsigned long long)seed, rounds);
	for (unsigned round = 0; round < rounds; round++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			live(f, ledger, round);
			_exit(1);
		}
		usleep((useconds_t)(random_next(&seed) % LIFE_US_MAX));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
	}
	f->boots = rounds;
	audit = folder_open(f);
	audit_close(&audit);
	compare(f, ledger, rounds);
	if (folder_verify(f, &found) != VERIFY_PROVEN)
		fail_msg("not proven: %s", buf_cstr(&found));
	assert_int_equal(count_lines_with(f->file, "\"ring_bytes\""), 0);
	buf_clear(&found);
	munmap(ledger, sizeof(*ledger));
}

/* A child writes and dies; its record goes on in the next chain under the dead one's name. */
static void
recovered_records_name_the_chain_they_come_from(void **state)
{
	struct folder *f = *state;
	pid_t child = fork();
	struct audit *audit;

	if (child == 0) {
		struct audit_ring *ring = ring_of(folder_open(f), "worker-0");

		for (uint64_t i = 0; i < 100; i++)
			put_number(ring, i);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	f->boots = 1;
	audit = folder_open(f);
	audit_close(&audit);
	assert_int_equal(count_lines_with(f->file, "\"number\":"), 100);
	assert_true(count_lines_with(f->file, "\"recovered\":\"node/boot-1\"") > 0);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
}

static void
run_process(struct folder *f)
{
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");

	put_number(ring, f->boots);
	audit_ring_close(&ring);
	audit_close(&audit);
}

static void
lines_that_were_anchored_and_are_gone_are_told_at_the_next_start(void **state)
{
	struct folder *f = *state;
	struct buf before, found = BUF_INIT(65536);

	run_process(f);
	before = read_file(f->file);
	run_process(f);
	write_file(f->file, buf_span(&before));
	assert_int_equal(folder_verify(f, NULL), VERIFY_ALTERED);
	run_process(f);
	assert_int_equal(count_lines_with(f->file, "\"gap\":{\"heads\":1}"), 1);
	assert_int_equal(count_lines_with(f->file, "\"found\":\"nowhere\""), 1);
	assert_int_equal(folder_verify(f, &found), VERIFY_ALTERED);
	run_process(f);
	assert_int_equal(count_lines_with(f->file, "\"heads\":1"), 1);
	buf_clear(&before);
	buf_clear(&found);
}

static void
emptied_file_is_told_at_the_next_start(void **state)
{
	struct folder *f = *state;

	run_process(f);
	write_file(f->file, SPAN_NONE);
	assert_int_equal(folder_verify(f, NULL), VERIFY_ALTERED);
	run_process(f);
	assert_int_equal(count_lines_with(f->file, "\"heads\":1"), 1);
	assert_int_equal(folder_verify(f, NULL), VERIFY_ALTERED);
}

static void
file_renamed_while_no_process_ran_is_no_gap(void **state)
{
	struct folder *f = *state;
	char old[128];

	run_process(f);
	snprintf(old, sizeof(old), "%s.1", f->file);
	assert_int_equal(rename(f->file, old), 0);
	run_process(f);
	assert_int_equal(count_lines_with(f->file, "audit.gap"), 0);
	assert_int_equal(count_lines_with(f->file, "\"found\":\"beside\""), 1);
	assert_int_equal(folder_verify(f, NULL), VERIFY_UNPROVEN);
}

static void
trails_that_share_a_state_directory_are_told_apart(void **state)
{
	struct folder *f = *state;
	struct folder other = *f;

	snprintf(other.file, sizeof(other.file), "%s/other.jsonl", f->dir);
	run_process(f);
	other.boots = 10;
	run_process(&other);
	assert_int_equal(count_lines_with(other.file, "\"predecessors\":[]"), 1);
	assert_int_equal(count_lines_with(other.file, "audit.gap"), 0);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
	assert_int_equal(folder_verify(&other, NULL), VERIFY_PROVEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(recovered_records_name_the_chain_they_come_from,
		                                folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			lines_that_were_anchored_and_are_gone_are_told_at_the_next_start,
			folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(emptied_file_is_told_at_the_next_start,
		                                folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(file_renamed_while_no_process_ran_is_no_gap,
		                                folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(trails_that_share_a_state_directory_are_told_apart,
		                                folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(killed_processes_lose_and_double_nothing,
		                                folder_make, folder_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
