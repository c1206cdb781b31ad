/* Loopback sockets, epoll, the clock and arguments for the benchmark tools. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void
wire_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

uint64_t
wire_number(const char *text, uint64_t max)
{
	uint64_t value = 0;
	const char *at = text;

	while (*at >= '0' && *at <= '9' && value <= max)
		value = value * 10 + (uint64_t)(*at++ - '0');
	if (at == text || *at != '\0' || value > max) {
		fprintf(stderr, "not a number of at most %llu: %s\n",
		        (unsigned long long)max, text);
		exit(2);
	}
	return value;
}

uint64_t
wire_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static struct sockaddr_in
loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int
new_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		wire_fail("socket: %s", strerror(errno));
	return fd;
}

static void
set_option(int fd, int level, int option)
{
	int on = 1;

	if (setsockopt(fd, level, option, &on, sizeof(on)) < 0)
		wire_fail("setsockopt: %s", strerror(errno));
}

int
wire_listen(uint16_t port)
{
	struct sockaddr_in address = loopback(port);
	int fd = new_socket();

	set_option(fd, SOL_SOCKET, SO_REUSEADDR);
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 4096) < 0)
		wire_fail("port %u: %s", (unsigned)port, strerror(errno));
	return fd;
}

int
wire_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0)
		set_option(fd, IPPROTO_TCP, TCP_NODELAY);
	else if (errno == EMFILE || errno == ENFILE)
		wire_fail("accept: %s", strerror(errno));
	return fd;
}

int
wire_connect(uint16_t port)
{
	struct sockaddr_in address = loopback(port);
	int fd = new_socket();

	set_option(fd, IPPROTO_TCP, TCP_NODELAY);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 &&
	    errno != EINPROGRESS)
		wire_fail("connect to port %u: %s", (unsigned)port, strerror(errno));
	return fd;
}

static void
control(int epoll, int operation, int fd, struct epoll_event event)
{
	if (epoll_ctl(epoll, operation, fd, &event) < 0)
		wire_fail("epoll_ctl: %s", strerror(errno));
}

void
wire_watch(int epoll, int fd, uint32_t events, void *data)
{
	control(epoll, EPOLL_CTL_ADD, fd,
	        (struct epoll_event){.events = events, .data.ptr = data});
}

void
wire_rewatch(int epoll, int fd, uint32_t events, void *data)
{
	control(epoll, EPOLL_CTL_MOD, fd,
	        (struct epoll_event){.events = events, .data.ptr = data});
}
