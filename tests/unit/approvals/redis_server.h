/* A redis-server of the test's own, on a Unix socket in a directory of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_REDIS_SERVER_H
#define TEST_REDIS_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

struct redis_server {
	char directory[64];
	char address[120]; /* "unix:/…": for store_settings.redis */
	char socket[100];
	bool syncs;        /* appendonly, appendfsync always */
	pid_t pid;
};

/* Makes the directory and starts the server; fails the test when it does not answer. */
void redis_server_start(struct redis_server *r, bool syncs);
/* kill -9, and a new one on what is left on the disk. */
void redis_server_kill(struct redis_server *r);
void redis_server_again(struct redis_server *r);
/* Ends it, and removes the directory. */
void redis_server_stop(struct redis_server *r);

/* Blocking: one command, words cut at spaces, from somebody who may write anything.  The
 * answer's bytes, of a text the text, NUL-terminated; valid until the next call.  "" when
 * there is no server. */
const char *redis_server_do(struct redis_server *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same with the words given one by one, the last is NULL. */
const char *redis_server_say(struct redis_server *r, const char *const *words);

#endif
