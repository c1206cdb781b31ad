/* The private redis-server: alone on its directory, durable, and gone with its parent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "approvals/embedded.h"
#include "lib/base/clock.h"
#include "tests/unit/approvals/redis_server.h"

static char directory[64];
static struct redis_server view; /* for talking to it only */

static int
begin(void **state UNUSED)
{
	snprintf(directory, sizeof(directory), "/tmp/countersign-test-XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(view.socket, sizeof(view.socket), "%s/redis/redis.sock", directory);
	return 0;
}

static int
end(void **state UNUSED)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

static struct embedded *
start(void)
{
	struct buf why = BUF_INIT(1000);
	struct embedded *e = embedded_start(directory, &why);

	if (!e)
		fail_msg("%s", buf_cstr(&why));
	return e;
}

static void
what_was_written_is_there_after_a_restart(void **state UNUSED)
{
	struct embedded *e = start();

	assert_true(strncmp(embedded_address(e), "unix:/", 6) == 0);
	assert_string_equal(redis_server_do(&view, "SET a b"), "OK");
	embedded_stop(&e);
	assert_null(e);
	e = start();
	assert_string_equal(redis_server_do(&view, "GET a"), "b");
	embedded_stop(&e);
}

static void
a_second_one_is_refused(void **state UNUSED)
{
	struct embedded *e = start();
	struct buf why = BUF_INIT(1000);

	assert_null(embedded_start(directory, &why));
	assert_non_null(strstr(buf_cstr(&why), "another process"));
	assert_string_equal(redis_server_do(&view, "PING"), "PONG");
	buf_clear(&why);
	embedded_stop(&e);
}

static pid_t
pid_of_server(void)
{
	const char *info = redis_server_do(&view, "INFO server");
	const char *at = strstr(info, "process_id:");

	assert_non_null(at);
	return (pid_t)strtol(at + strlen("process_id:"), NULL, 10);
}

static void
one_that_died_is_started_again(void **state UNUSED)
{
	struct embedded *e = start();
	struct mono until = mono_after(clock_mono(), 10 * SECOND_US);
	const char *again = "";

	assert_string_equal(redis_server_do(&view, "SET a b"), "OK");
	kill(pid_of_server(), SIGKILL);
	poll(NULL, 0, 1100);
	while (strcmp(again, "b") != 0 && clock_mono().us < until.us) {
		embedded_check(e);
		again = redis_server_do(&view, "GET a");
		poll(NULL, 0, 10);
	}
	assert_string_equal(again, "b");
	embedded_stop(&e);
}

static void
it_dies_with_its_parent(void **state UNUSED)
{
	pid_t parent = fork();
	struct embedded *e;
	int status;

	if (parent == 0) {
		struct buf why = BUF_INIT(1000);

		if (!embedded_start(directory, &why))
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(WIFSIGNALED(status));
	/* It was told to end; its lock goes with it, and that is waited for. */
	e = start();
	assert_true(pid_of_server() > 0);
	embedded_stop(&e);
}

/* Slower than any that was told to end: the lock is free after a second only. */
static void
a_lock_that_comes_free_is_waited_for(void **state UNUSED)
{
	char path[100];
	struct embedded *e;
	pid_t holder;
	int ready[2], fd, status;
	char byte;

	snprintf(path, sizeof(path), "%s/redis", directory);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/redis/lock", directory);
	assert_int_equal(pipe(ready), 0);
	holder = fork();
	if (holder == 0) {
		fd = open(path, O_RDWR | O_CREAT, 0600);
		if (fd < 0 || flock(fd, LOCK_EX) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		poll(NULL, 0, 1000);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	e = start();
	assert_int_equal(waitpid(holder, &status, 0), holder);
	embedded_stop(&e);
	close(ready[0]);
	close(ready[1]);
}

static void
what_it_says_when_it_cannot_start_is_passed_on(void **state UNUSED)
{
	struct buf why = BUF_INIT(1000);
	char command[300];

	snprintf(command, sizeof(command),
	         "mkdir -p %s/redis/appendonlydir && echo garbage > "
	         "%s/redis/appendonlydir/appendonly.aof.manifest",
	         directory, directory);
	assert_int_equal(system(command), 0);
	assert_null(embedded_start(directory, &why));
	assert_non_null(strstr(buf_cstr(&why), "redis-server ended: "));
	buf_clear(&why);
}

static void
a_path_too_long_for_a_socket_is_said(void **state UNUSED)
{
	struct buf why = BUF_INIT(1000);
	char path[200];

	snprintf(path, sizeof(path), "%s/%0100d", directory, 7);
	assert_null(embedded_start(path, &why));
	assert_true(why.len > 0);
	buf_clear(&why);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_was_written_is_there_after_a_restart),
		CASE(a_second_one_is_refused),
		CASE(one_that_died_is_started_again),
		CASE(it_dies_with_its_parent),
		CASE(a_lock_that_comes_free_is_waited_for),
		CASE(what_it_says_when_it_cannot_start_is_passed_on),
		CASE(a_path_too_long_for_a_socket_is_said),
	};

	return cmocka_run_group_tests_name("embedded", tests, NULL, NULL);
}
