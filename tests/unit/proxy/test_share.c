/* Who holds what of the memory for waiting calls. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "proxy/share.h"

enum { THREADS = 4, TURNS = 5000, NAMES = 7 };

static void
same_requester_has_one_share(void **state)
{
	struct shares *s = shares_new();
	struct share *first = share_join(s, SPAN("alice"), true), *second;
	char copy[] = "alice";

	(void)state;
	second = share_join(s, span_of(copy, 5), true);
	assert_ptr_equal(first, second);
	assert_int_equal(share_add(first, 100), 100);
	assert_int_equal(share_add(second, 20), 120);
	share_leave(s, &first, 100);
	assert_null(first);
	assert_int_equal(share_add(second, 0), 20);
	share_leave(s, &second, 20);
	shares_free(s);
}

static void
requesters_do_not_share(void **state)
{
	static const char *const names[] = {"alice", "alice", "alic", "a", "", "alice2"};
	struct shares *s = shares_new();
	struct share *shares[6];

	(void)state;
	for (size_t i = 0; i < 6; i++)
		shares[i] = share_join(s, span_cstr(names[i]), i != 1);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(share_add(shares[i], i), i);
	for (size_t i = 0; i < 6; i++)
		share_leave(s, &shares[i], i);
	shares_free(s);
}

static void
last_to_leave_ends_the_share(void **state)
{
	struct shares *s = shares_new();
	struct share *share = share_join(s, SPAN("bob"), true);

	(void)state;
	share_add(share, 5);
	share_leave(s, &share, 5);
	share = share_join(s, SPAN("bob"), true);
	assert_int_equal(share_add(share, 1), 1);
	share_leave(s, &share, 1);
	share_leave(s, &share, 1); /* nothing is left to leave */
	shares_free(s);
}

static void *
come_and_go(void *arg)
{
	struct shares *s = arg;
	char name[16];

	for (int i = 0; i < TURNS; i++) {
		struct share *share;

		snprintf(name, sizeof(name), "%d", i % NAMES);
		share = share_join(s, span_cstr(name), true);
		share_add(share, 3);
		share_add(share, 4);
		share_leave(s, &share, 7);
	}
	return NULL;
}

static void
threads_leave_nothing_behind(void **state)
{
	struct shares *s = shares_new();
	pthread_t threads[THREADS];
	char name[16];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, s), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < NAMES; i++) {
		struct share *share;

		snprintf(name, sizeof(name), "%d", i);
		share = share_join(s, span_cstr(name), true);
		assert_int_equal(share_add(share, 0), 0);
		share_leave(s, &share, 0);
	}
	shares_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_requester_has_one_share),
		cmocka_unit_test(requesters_do_not_share),
		cmocka_unit_test(last_to_leave_ends_the_share),
		cmocka_unit_test(threads_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
