/* A redis-server of the test's own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/approvals/redis_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/net/resp.h"

enum { ANSWER_MAX = 1 << 20 };

static void
die(const char *what)
{
	perror(what);
	abort();
}

static int
connect_to(const struct redis_server *r)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct timeval patience = {10, 0};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", r->socket);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&un, sizeof(un)) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool
answers(const struct redis_server *r)
{
	char reply[8] = "";
	int fd = connect_to(r);

	if (fd < 0)
		return false;
	if (send(fd, "PING\r\n", 6, MSG_NOSIGNAL) != 6 || recv(fd, reply, 5, 0) != 5)
		reply[0] = '\0';
	close(fd);
	return memcmp(reply, "+PONG", 5) == 0;
}

static void
spawn(struct redis_server *r)
{
	pid_t parent = getpid();
	int null_fd;

	r->pid = fork();
	if (r->pid < 0)
		die("fork");
	if (r->pid > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	null_fd = open("/dev/null", O_RDWR);
	dup2(null_fd, STDOUT_FILENO);
	dup2(null_fd, STDERR_FILENO);
	execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", r->socket, "--dir",
	       r->directory, "--save", "", "--appendonly", r->syncs ? "yes" : "no",
	       "--appendfsync", "always", (char *)NULL);
	_exit(127);
}

void
redis_server_again(struct redis_server *r)
{
	struct mono until = mono_after(clock_mono(), 20 * SECOND_US);

	spawn(r);
	while (!answers(r)) {
		if (clock_mono().us > until.us || waitpid(r->pid, NULL, WNOHANG) != 0)
			die("redis-server");
		poll(NULL, 0, 5);
	}
}

void
redis_server_start(struct redis_server *r, bool syncs)
{
	*r = (struct redis_server){.syncs = syncs};
	snprintf(r->directory, sizeof(r->directory), "/tmp/countersign-test-XXXXXX");
	if (!mkdtemp(r->directory))
		die("mkdtemp");
	snprintf(r->socket, sizeof(r->socket), "%s/redis.sock", r->directory);
	snprintf(r->address, sizeof(r->address), "unix:%s", r->socket);
	redis_server_again(r);
}

void
redis_server_kill(struct redis_server *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
}

void
redis_server_stop(struct redis_server *r)
{
	char command[100];

	redis_server_kill(r);
	snprintf(command, sizeof(command), "rm -rf '%s'", r->directory);
	if (system(command) != 0)
		die("rm");
}

/* A whole answer is one whose reader says so. */
static const char *
read_answer(int fd)
{
	static char text[ANSWER_MAX];
	struct resp_reader *reader = resp_reader_new(ANSWER_MAX);
	struct resp *reply = NULL;
	size_t len = 0;
	ssize_t got;

	while (!reply && len < sizeof(text) - 1 &&
	       (got = recv(fd, text + len, sizeof(text) - 1 - len, 0)) > 0) {
		if (!resp_reader_feed(reader, span_of(text + len, (size_t)got)))
			break;
		len += (size_t)got;
		reply = resp_reader_next(reader);
	}
	text[len] = '\0';
	if (reply && resp_kind(reply) == RESP_TEXT) {
		size_t bytes = resp_text(reply).len;

		memmove(text, resp_text(reply).ptr, bytes);
		text[bytes] = '\0';
	}
	resp_free(reply);
	resp_reader_free(&reader);
	return text;
}

const char *
redis_server_say(struct redis_server *r, const char *const *words)
{
	struct span args[64];
	struct buf command = BUF_INIT(ANSWER_MAX);
	size_t count = 0;
	const char *answer;
	int fd = connect_to(r);

	if (fd < 0)
		return "";
	for (; words[count]; count++)
		args[count] = span_cstr(words[count]);
	resp_command(&command, args, count);
	if (send(fd, command.ptr, command.len, MSG_NOSIGNAL) != (ssize_t)command.len)
		die("send");
	answer = read_answer(fd);
	buf_clear(&command);
	close(fd);
	return answer;
}

const char *
redis_server_do(struct redis_server *r, const char *format, ...)
{
	char line[2048];
	const char *words[64] = {0};
	size_t count = 0;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (char *at = line; *at && count < 63;) {
		words[count++] = at;
		at += strcspn(at, " ");
		if (*at)
			*at++ = '\0';
	}
	return redis_server_say(r, words);
}
