/* The private redis-server: alone on its directory, durable, and gone with its parent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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
	struct mono until = mono_after(clock_mono(), 10 * SECOND_US);
	pid_t parent = fork(), server;
	int status;

	if (parent == 0) {
		struct buf why = BUF_INIT(1000);

		if (!embedded_start(directory, &why))
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(WIFSIGNALED(status));
	/* It was told to end; its lock goes with it. */
	for (;;) {
		struct buf why = BUF_INIT(1000);
		struct embedded *e = embedded_start(directory, &why);

		buf_clear(&why);
		if (e) {
			server = pid_of_server();
			assert_true(server > 0);
			embedded_stop(&e);
			return;
		}
		assert_true(clock_mono().us < until.us);
		poll(NULL, 0, 10);
	}
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
		CASE(what_it_says_when_it_cannot_start_is_passed_on),
		CASE(a_path_too_long_for_a_socket_is_said),
	};

	return cmocka_run_group_tests_name("embedded", tests, NULL, NULL);
}
