/* What the benchmark tools share: loopback sockets, epoll, the clock, arguments. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stddef.h>
#include <stdint.h>

/* One for all connections of a tool: a receive buffer that stays in the cache. */
enum { WIRE_BUFFER = 64 * 1024 };

/* A non-blocking listener on 127.0.0.1. */
int wire_listen(uint16_t port);

/* The next caller, non-blocking and without Nagle's delay, or -1. */
int wire_accept(int listener);

/* A non-blocking connection to 127.0.0.1, which may still be under way. */
int wire_connect(uint16_t port);

void wire_watch(int epoll, int fd, uint32_t events, void *data);
void wire_rewatch(int epoll, int fd, uint32_t events, void *data);

/* The clock that Python calls time.monotonic_ns(). */
uint64_t wire_now_ns(void);

/* A decimal argument of at most `max`; anything else ends the tool with status 2. */
uint64_t wire_number(const char *text, uint64_t max);

/* Says on standard error what went wrong, and ends the tool with status 1. */
void wire_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
