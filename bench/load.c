/* The load generator: counts exactly what it keeps busy, or opens many and holds them.
 */
/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The request is a file of bytes.  The first run of '#' in it becomes a number below
 * SPREAD, the second one that never repeats, so that no proxy can remember its last
 * answer.
 *
 * "run" warms up, lets every answer come in, prints "ready" and waits for a line; so
 * what the proxy spends from that line to the result belongs to the counted requests
 * alone.  "open" sends one request on each connection, prints "ready" when all are sent
 * (or answered) and keeps them until a line comes.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/answer.h"
#include "bench/latency.h"
#include "bench/wire.h"

enum { REQUEST_MAX = 8192, FIELDS = 2, CONNECTING_MAX = 128, STATUS_MAX = 1000 };

enum phase {
	CALLER_NEW,
	CALLER_CONNECTING,
	CALLER_IDLE,
	CALLER_WAITING,
	CALLER_CLOSED
};

struct caller {
	int fd;
	enum phase phase;
	uint64_t sent_ns;
	struct answer answer;
};

struct field {
	size_t at, len;
};

struct load {
	int epoll;
	uint16_t port;
	uint64_t spread;
	uint64_t sequence;
	char request[REQUEST_MAX];
	size_t request_len;
	struct field fields[FIELDS];
	struct caller *callers;
	size_t count;
	size_t opened, connecting, waiting, closed;
	uint64_t answered;
	uint64_t statuses[STATUS_MAX];
	struct latency latency;
	char buffer[WIRE_BUFFER];
};

static void
read_request(struct load *load, const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t at = 0;

	if (!file)
		wire_fail("%s: %s", path, strerror(errno));
	load->request_len = fread(load->request, 1, REQUEST_MAX, file);
	fclose(file);
	if (load->request_len == 0 || load->request_len == REQUEST_MAX)
		wire_fail("%s: not between 1 and %d bytes", path, REQUEST_MAX - 1);
	for (int i = 0; i < FIELDS; i++) {
		while (at < load->request_len && load->request[at] != '#')
			at++;
		load->fields[i].at = at;
		while (at < load->request_len && load->request[at] == '#')
			at++;
		load->fields[i].len = at - load->fields[i].at;
	}
}

static void
put_number(char *to, size_t len, uint64_t value)
{
	for (; len > 0; value /= 10)
		to[--len] = (char)('0' + value % 10);
}

static void
fill_in(struct load *load)
{
	/* The golden ratio steps through all numbers in an order that no cache follows.
	 */
	uint64_t scattered = load->sequence * 0x9e3779b97f4a7c15u >> 32;

	put_number(load->request + load->fields[0].at, load->fields[0].len,
	           scattered * load->spread >> 32);
	put_number(load->request + load->fields[1].at, load->fields[1].len,
	           load->sequence);
	load->sequence++;
}

static void
send_request(struct load *load, struct caller *caller)
{
	fill_in(load);
	caller->sent_ns = wire_now_ns();
	if (send(caller->fd, load->request, load->request_len, MSG_NOSIGNAL) !=
	    (ssize_t)load->request_len)
		wire_fail("a request was not taken whole: %s", strerror(errno));
	caller->phase = CALLER_WAITING;
	load->waiting++;
}

static void
open_more(struct load *load)
{
	while (load->opened < load->count && load->connecting < CONNECTING_MAX) {
		struct caller *caller = &load->callers[load->opened++];

		caller->fd = wire_connect(load->port);
		caller->phase = CALLER_CONNECTING;
		wire_watch(load->epoll, caller->fd, EPOLLIN | EPOLLOUT, caller);
		load->connecting++;
	}
}

static void
on_connected(struct load *load, struct caller *caller)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(caller->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 ||
	    error != 0)
		wire_fail("connect to port %u: %s", (unsigned)load->port,
		          strerror(error));
	wire_rewatch(load->epoll, caller->fd, EPOLLIN, caller);
	caller->phase = CALLER_IDLE;
	load->connecting--;
}

static void
on_closed(struct load *load, struct caller *caller)
{
	load->waiting -= caller->phase == CALLER_WAITING;
	load->closed++;
	caller->phase = CALLER_CLOSED;
	close(caller->fd);
}

static void
on_readable(struct load *load, struct caller *caller)
{
	ssize_t got = recv(caller->fd, load->buffer, sizeof(load->buffer), 0);

	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		on_closed(load, caller);
		return;
	}
	if (caller->phase != CALLER_WAITING)
		wire_fail("bytes that nobody asked for: %.*s", (int)got, load->buffer);
	if (!answer_take(&caller->answer, load->buffer, (size_t)got))
		return;
	latency_add(&load->latency, wire_now_ns() - caller->sent_ns);
	load->statuses[caller->answer.status]++;
	load->answered++;
	load->waiting--;
	caller->phase = CALLER_IDLE;
}

static void
require_success(const struct load *load)
{
	for (unsigned i = 0; i < STATUS_MAX; i++) {
		if (load->statuses[i] > 0 && i != 200)
			wire_fail("%llu answers have status %u",
			          (unsigned long long)load->statuses[i], i);
	}
	if (load->closed > 0)
		wire_fail("%zu connections were closed", load->closed);
}

/* One request after the other on every connection until `until_ns`, and their answers.
 */
static void
keep_busy(struct load *load, uint64_t until_ns)
{
	struct epoll_event events[256];

	load->answered = 0;
	memset(&load->latency, 0, sizeof(load->latency));
	for (size_t i = 0; i < load->opened; i++)
		send_request(load, &load->callers[i]);
	open_more(load);
	while (load->waiting + load->connecting > 0) {
		int count = epoll_wait(load->epoll, events, 256, 10000);

		if (count == 0)
			wire_fail("no answer for 10 s; %zu are missing", load->waiting);
		for (int i = 0; i < count; i++) {
			struct caller *caller = events[i].data.ptr;

			if (caller->phase == CALLER_CONNECTING)
				on_connected(load, caller);
			else
				on_readable(load, caller);
			if (caller->phase == CALLER_IDLE && wire_now_ns() < until_ns)
				send_request(load, caller);
		}
		require_success(load);
		open_more(load);
	}
}

static void
wait_for_line(void)
{
	int c;

	do {
		c = getchar();
	} while (c != '\n' && c != EOF);
}

static void
run(struct load *load, uint64_t warm_up_ms, uint64_t run_ms)
{
	uint64_t start_ns;
	double seconds;

	keep_busy(load, wire_now_ns() + warm_up_ms * 1000000);
	printf("ready\n");
	fflush(stdout);
	wait_for_line();
	start_ns = wire_now_ns();
	keep_busy(load, start_ns + run_ms * 1000000);
	seconds = (double)(wire_now_ns() - start_ns) / 1e9;
	printf("requests %llu seconds %.6f p50_us %.1f p99_us %.1f\n",
	       (unsigned long long)load->answered, seconds,
	       latency_quantile_us(&load->latency, 0.5),
	       latency_quantile_us(&load->latency, 0.99));
}

static void
print_statuses(const struct load *load)
{
	for (unsigned i = 0; i < STATUS_MAX; i++) {
		if (load->statuses[i] > 0)
			printf("status_%u %llu ", i,
			       (unsigned long long)load->statuses[i]);
	}
	printf("closed %zu\n", load->closed);
}

/* Every connection gets one request; a line on standard input, known by its missing
 * caller, ends it. */
static void
hold(struct load *load, bool until_answered)
{
	struct epoll_event events[256];
	bool is_ready = false;

	wire_watch(load->epoll, STDIN_FILENO, EPOLLIN, NULL);
	for (;;) {
		size_t pending;
		int count;

		open_more(load);
		pending = load->connecting + (until_answered ? load->waiting : 0);
		if (!is_ready && pending == 0) {
			is_ready = true;
			printf("ready\n");
			fflush(stdout);
		}
		count = epoll_wait(load->epoll, events, 256, -1);
		for (int i = 0; i < count; i++) {
			struct caller *caller = events[i].data.ptr;

			if (!caller)
				return;
			if (caller->phase == CALLER_CONNECTING) {
				on_connected(load, caller);
				send_request(load, caller);
			} else
				on_readable(load, caller);
		}
	}
}

static void
usage(void)
{
	fprintf(stderr,
	        "usage: load run PORT REQUEST-FILE CONNECTIONS SPREAD WARM-UP-MS MS\n"
	        "       load open PORT REQUEST-FILE CONNECTIONS SPREAD "
	        "sent|answered\n");
	exit(2);
}

int
main(int argc, char **argv)
{
	static struct load load;

	if (!(argc == 8 && strcmp(argv[1], "run") == 0) &&
	    !(argc == 7 && strcmp(argv[1], "open") == 0))
		usage();
	load.port = (uint16_t)wire_number(argv[2], UINT16_MAX);
	read_request(&load, argv[3]);
	load.count = wire_number(argv[4], 1000000);
	load.spread = wire_number(argv[5], 1000000);
	/* Every process counts from elsewhere: the clock makes two of them differ. */
	load.sequence = wire_now_ns() / 1000 * 128;
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	load.callers = calloc(load.count, sizeof(*load.callers));
	if (!load.callers)
		wire_fail("out of memory");
	if (argc == 8) {
		run(&load, wire_number(argv[6], 600000), wire_number(argv[7], 600000));
	} else {
		hold(&load, strcmp(argv[6], "answered") == 0);
		print_statuses(&load);
	}
	return 0;
}
