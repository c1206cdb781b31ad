/* A private redis-server. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

enum { PATH_LONGEST = 4096, LOG_TAIL = 8192, POLL_MS = 20 };
#define START_PATIENCE (30 * SECOND_US)
#define STOP_PATIENCE (10 * SECOND_US)
/* The Redis of a process that was killed still writes what it has, and ends. */
#define LOCK_PATIENCE (3 * SECOND_US)
#define RESTART_PAUSE SECOND_US

struct embedded {
	char *directory, *socket, *log, *address;
	int lock_fd; /* the child has it too: the lock ends with the last of us */
	pid_t pid;   /* 0: not running */
	struct mono started;
};

static char *
path_in(const char *directory, const char *name)
{
	struct buf path = BUF_INIT(PATH_LONGEST);
	char *copy;

	buf_addf(&path, "%s/%s", directory, name);
	copy = memory_cstr(buf_span(&path));
	buf_clear(&path);
	return copy;
}

static void
embedded_free(struct embedded *e)
{
	if (e->lock_fd >= 0)
		close(e->lock_fd);
	free(e->directory);
	free(e->socket);
	free(e->log);
	free(e->address);
	free(e);
}

static bool
make_directory(struct embedded *e, struct buf *why)
{
	struct sockaddr_un un;

	if (mkdir(e->directory, 0700) < 0 && errno != EEXIST) {
		buf_addf(why, "%s: cannot be made: %s", e->directory, strerror(errno));
		return false;
	}
	/* redis-server changes into its directory: the path must be found from there, too. */
	if (e->socket[0] != '/') {
		buf_addf(why, "%s: state_dir must be an absolute path", e->socket);
		return false;
	}
	if (strlen(e->socket) >= sizeof(un.sun_path)) {
		buf_addf(why, "%s: longer than the %zu bytes a Unix socket's path may have; "
		              "choose a shorter state_dir",
		         e->socket, sizeof(un.sun_path) - 1);
		return false;
	}
	return true;
}

/* False, and EWOULDBLOCK: another one still has it. */
static bool
wait_for_lock(const struct embedded *e)
{
	struct mono until = mono_after(clock_mono(), LOCK_PATIENCE);
	bool is_said = false;

	while (flock(e->lock_fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK || clock_mono().us >= until.us)
			return false;
		if (!is_said)
			log_info("store.embedded_waits",
			         "%s is in use, maybe still by the Redis of a process that was "
			         "killed: waiting up to 3 seconds for its end",
			         e->directory);
		is_said = true;
		/* Who waits in flock() itself has no deadline. */
		poll(NULL, 0, POLL_MS);
	}
	return true;
}

/* Two servers on one append-only file lose each other's writes without a word. */
static bool
lock_directory(struct embedded *e, struct buf *why)
{
	char *path = path_in(e->directory, "lock");

	e->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	free(path);
	if (e->lock_fd >= 0 && wait_for_lock(e))
		return true;
	if (e->lock_fd >= 0 && errno == EWOULDBLOCK)
		buf_addf(why, "%s: another process uses it; a state_dir has one process with "
		              "store.redis: embedded, give each its own",
		         e->directory);
	else
		buf_addf(why, "%s: cannot be locked: %s", e->directory, strerror(errno));
	return false;
}

/* In the child, where only what is safe after fork() may be called. */
static void
become_redis(const struct embedded *e, pid_t parent, int log_fd, int null_fd)
{
	char *const args[] = {
		(char *)(uintptr_t)"redis-server",
		(char *)(uintptr_t)"--port", (char *)(uintptr_t)"0",
		(char *)(uintptr_t)"--unixsocket", e->socket,
		(char *)(uintptr_t)"--unixsocketperm", (char *)(uintptr_t)"700",
		(char *)(uintptr_t)"--dir", e->directory,
		(char *)(uintptr_t)"--appendonly", (char *)(uintptr_t)"yes",
		(char *)(uintptr_t)"--appendfsync", (char *)(uintptr_t)"always",
		(char *)(uintptr_t)"--save", (char *)(uintptr_t)"",
		(char *)(uintptr_t)"--maxmemory-policy", (char *)(uintptr_t)"noeviction",
		(char *)(uintptr_t)"--daemonize", (char *)(uintptr_t)"no",
		(char *)(uintptr_t)"--supervised", (char *)(uintptr_t)"no",
		NULL,
	};
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* The parent may have died before that was said. */
	if (getppid() != parent)
		_exit(1);
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	fcntl(e->lock_fd, F_SETFD, 0);
	dup2(null_fd, STDIN_FILENO);
	dup2(log_fd, STDOUT_FILENO);
	dup2(log_fd, STDERR_FILENO);
	execvp(args[0], args);
	_exit(127);
}

static bool
spawn(struct embedded *e, struct buf *why)
{
	int log_fd = open(e->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t parent = getpid();

	e->pid = log_fd >= 0 && null_fd >= 0 ? fork() : -1;
	if (e->pid == 0)
		become_redis(e, parent, log_fd, null_fd);
	if (e->pid < 0)
		buf_addf(why, "redis-server cannot be started: %s", strerror(errno));
	if (log_fd >= 0)
		close(log_fd);
	if (null_fd >= 0)
		close(null_fd);
	e->started = clock_mono();
	if (e->pid > 0)
		return true;
	e->pid = 0;
	return false;
}

/* The last line of its log that says something. */
static void
add_last_words(const struct embedded *e, struct buf *why)
{
	char bytes[LOG_TAIL];
	int fd = open(e->log, O_RDONLY | O_CLOEXEC);
	struct span rest, line, last = SPAN("(it said nothing)");
	off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	ssize_t got = 0;

	if (fd >= 0)
		got = pread(fd, bytes, sizeof(bytes), size > LOG_TAIL ? size - LOG_TAIL : 0);
	rest = span_of(bytes, got > 0 ? (size_t)got : 0);
	while (rest.len && span_cut(&rest, '\n', &line)) {
		if (line.len)
			last = line;
	}
	buf_add(why, last);
	if (fd >= 0)
		close(fd);
}

/* Whether the child has ended; says how. */
static bool
has_ended(struct embedded *e, struct buf *why)
{
	int status;

	if (e->pid == 0 || waitpid(e->pid, &status, WNOHANG) != e->pid)
		return false;
	e->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		buf_addf(why, "redis-server is not installed, or not in PATH");
		return true;
	}
	buf_addf(why, "redis-server ended: ");
	add_last_words(e, why);
	return true;
}

/* It answers +PONG once it has read its file; before that an error. */
static bool
answers(const struct embedded *e)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct timeval patience = {1, 0};
	char reply[8];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_up = false;

	if (fd < 0)
		return false;
	memcpy(un.sun_path, e->socket, strlen(e->socket) + 1);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&un, sizeof(un)) == 0 &&
	    send(fd, "PING\r\n", 6, MSG_NOSIGNAL) == 6)
		is_up = recv(fd, reply, sizeof(reply), 0) >= 5 && memcmp(reply, "+PONG", 5) == 0;
	close(fd);
	return is_up;
}

static bool
wait_until_up(struct embedded *e, struct buf *why)
{
	struct mono until = mono_after(clock_mono(), START_PATIENCE);

	while (clock_mono().us < until.us) {
		if (has_ended(e, why))
			return false;
		if (answers(e))
			return true;
		/* There is nothing to wait on for a socket that does not exist yet. */
		poll(NULL, 0, POLL_MS);
	}
	buf_addf(why, "redis-server does not answer: ");
	add_last_words(e, why);
	return false;
}

struct embedded *
embedded_start(const char *state_dir, struct buf *why)
{
	struct embedded *e = memory_new(sizeof(*e));
	struct buf address = BUF_INIT(PATH_LONGEST);

	e->lock_fd = -1;
	e->directory = path_in(state_dir, "redis");
	e->socket = path_in(e->directory, "redis.sock");
	e->log = path_in(e->directory, "redis.log");
	buf_addf(&address, "unix:%s", e->socket);
	e->address = memory_cstr(buf_span(&address));
	buf_clear(&address);
	if (make_directory(e, why) && lock_directory(e, why) && spawn(e, why) &&
	    wait_until_up(e, why))
		return e;
	embedded_stop(&e);
	return NULL;
}

const char *
embedded_address(const struct embedded *e)
{
	return e->address;
}

void
embedded_check(struct embedded *e)
{
	struct buf why = BUF_INIT(PATH_LONGEST);

	if (has_ended(e, &why))
		log_error("store.embedded_ended", "%s", buf_cstr(&why));
	buf_reset(&why);
	if (e->pid == 0 && clock_mono().us - e->started.us > RESTART_PAUSE && !spawn(e, &why))
		log_error("store.embedded", "%s", buf_cstr(&why));
	buf_clear(&why);
}

void
embedded_stop(struct embedded **embedded)
{
	struct embedded *e = *embedded;
	struct mono until = mono_after(clock_mono(), STOP_PATIENCE);
	struct buf ignored = BUF_INIT(PATH_LONGEST);

	if (!e)
		return;
	*embedded = NULL;
	if (e->pid)
		kill(e->pid, SIGTERM);
	while (e->pid && !has_ended(e, &ignored) && clock_mono().us < until.us)
		poll(NULL, 0, POLL_MS);
	if (e->pid) {
		kill(e->pid, SIGKILL);
		waitpid(e->pid, NULL, 0);
	}
	buf_clear(&ignored);
	embedded_free(e);
}
