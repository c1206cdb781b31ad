/* Accepting, while there are descriptors and while there are none. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/net/listener.h"

struct scene {
	struct loop *loop;
	struct listener *listener;
	struct timer *other; /* what else the loop has to do */
	struct rlimit files;
	int caller;
	int accepted;
	unsigned turns;
};

static void
on_accepted(void *owner, int fd)
{
	struct scene *s = owner;

	s->accepted = fd;
	loop_stop(s->loop);
}

/* Ten of these are the outage; then there are descriptors again. */
static void
on_other(void *owner)
{
	struct scene *s = owner;

	if (++s->turns == 10)
		setrlimit(RLIMIT_NOFILE, &s->files);
	if (s->turns < 1000)
		timer_set(s->other, 10 * MS_US);
	else
		loop_stop(s->loop);
}

static void
open_scene(struct scene *s)
{
	struct buf why = BUF_INIT(200);
	struct address at;
	int fd;

	*s = (struct scene){.loop = loop_new(), .accepted = -1};
	assert_true(address_read(SPAN("127.0.0.1:0"), &at, &why));
	fd = listener_bind(&at, &why);
	assert_true(fd >= 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at.sa, &at.len), 0);
	s->listener = listener_new(s->loop, fd);
	s->other = timer_new(s->loop, on_other, s);
	s->caller = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_true(s->caller >= 0);
	connect(s->caller, (const struct sockaddr *)&at.sa, at.len);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &s->files), 0);
	buf_clear(&why);
}

static void
close_scene(struct scene *s)
{
	setrlimit(RLIMIT_NOFILE, &s->files);
	close(s->caller);
	close(s->accepted);
	timer_free(&s->other);
	listener_free(&s->listener);
	loop_free(s->loop);
}

/* No descriptor is free below the lowest that is free: a limit of that many leaves none. */
static void
take_descriptors_away(const struct scene *s)
{
	struct rlimit none = s->files;
	int free_one = fcntl(s->caller, F_DUPFD, 0);

	none.rlim_cur = (rlim_t)free_one;
	close(free_one);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
}

static void
who_connects_without_descriptors_waits_until_there_are(void **state UNUSED)
{
	struct scene s;

	open_scene(&s);
	take_descriptors_away(&s);
	listener_start(s.listener, on_accepted, &s);
	timer_set(s.other, 10 * MS_US);
	loop_run(s.loop);
	assert_true(s.accepted >= 0);
	assert_true(s.turns >= 10);
	close_scene(&s);
}

static void
accepting_without_descriptors_does_not_spin(void **state UNUSED)
{
	struct scene s;
	clock_t used = clock();

	open_scene(&s);
	take_descriptors_away(&s);
	listener_start(s.listener, on_accepted, &s);
	timer_set(s.other, 10 * MS_US);
	loop_run(s.loop);
	/* Of 100 ms and more, a loop that spins uses up all. */
	assert_true(clock() - used < 50 * CLOCKS_PER_SEC / 1000);
	close_scene(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_connects_without_descriptors_waits_until_there_are),
		cmocka_unit_test(accepting_without_descriptors_does_not_spin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
