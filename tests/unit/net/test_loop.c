/* Timers, deferred work, and work from other threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/net/loop.h"

struct notes {
	struct loop *loop;
	struct timer *timer;
	char text[16];
	size_t len;
	struct mono at;
};

static void
note(struct notes *n, char c)
{
	n->text[n->len++] = c;
}

static void
on_moved_timer(void *owner)
{
	struct notes *n = owner;

	n->at = clock_mono();
	loop_stop(n->loop);
}

static void
a_deadline_that_moved_away_is_kept(void **state UNUSED)
{
	struct notes n = {.loop = loop_new()};
	struct mono start = clock_mono();

	n.timer = timer_new(n.loop, on_moved_timer, &n);
	timer_set(n.timer, 5 * MS_US);
	timer_set(n.timer, 60 * MS_US);
	loop_run(n.loop);
	assert_true(n.at.us - start.us >= 59 * MS_US);
	timer_free(&n.timer);
	loop_free(n.loop);
}

static void
a_deadline_that_moved_closer_is_kept(void **state UNUSED)
{
	struct notes n = {.loop = loop_new()};
	struct mono start = clock_mono();

	n.timer = timer_new(n.loop, on_moved_timer, &n);
	timer_set(n.timer, 3600 * SECOND_US);
	timer_set(n.timer, 5 * MS_US);
	loop_run(n.loop);
	assert_true(n.at.us - start.us < 1800 * SECOND_US);
	timer_free(&n.timer);
	loop_free(n.loop);
}

static void
must_not_fire(void *owner UNUSED)
{
	fail_msg("a cleared timer fired");
}

static void
a_cleared_timer_is_silent(void **state UNUSED)
{
	struct notes n = {.loop = loop_new()};
	struct timer *cleared = timer_new(n.loop, must_not_fire, NULL);

	n.timer = timer_new(n.loop, on_moved_timer, &n);
	timer_set(cleared, MS_US);
	timer_clear(cleared);
	timer_set(n.timer, 20 * MS_US);
	loop_run(n.loop);
	timer_free(&cleared);
	timer_free(&n.timer);
	loop_free(n.loop);
}

static void
on_deferred(void *arg)
{
	struct notes *n = arg;

	note(n, 'd');
	loop_stop(n->loop);
}

static void
on_posted(void *arg)
{
	struct notes *n = arg;

	loop_defer(n->loop, on_deferred, n);
	note(n, 'p');
}

static void *
post_from_elsewhere(void *arg)
{
	struct notes *n = arg;

	loop_post(n->loop, on_posted, n);
	return NULL;
}

static void
posted_work_runs_on_the_loop_and_deferred_work_after_it(void **state UNUSED)
{
	struct notes n = {.loop = loop_new()};
	pthread_t thread;

	pthread_create(&thread, NULL, post_from_elsewhere, &n);
	loop_run(n.loop);
	pthread_join(thread, NULL);
	assert_string_equal(n.text, "pd");
	loop_free(n.loop);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deadline_that_moved_away_is_kept),
		cmocka_unit_test(a_deadline_that_moved_closer_is_kept),
		cmocka_unit_test(a_cleared_timer_is_silent),
		cmocka_unit_test(posted_work_runs_on_the_loop_and_deferred_work_after_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
