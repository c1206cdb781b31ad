/* One link to a Redis server: reconnects, deadlines per command, scripts by digest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_REDIS_H
#define NET_REDIS_H

#include "lib/net/address.h"
#include "lib/net/loop.h"
#include "lib/net/redis_command.h"

struct redis;

enum redis_event {
	REDIS_UP,   /* logged in, and the server says that it is a master */
	REDIS_DOWN, /* after UP; all commands in flight have been told first */
};
typedef void redis_fn(void *owner, enum redis_event event);

struct redis_settings {
	struct address address;
	struct span username, password; /* empty: none */
	struct span name;               /* for CLIENT LIST */
	int64_t command_timeout_us;
	size_t reply_max;
};

/* Connects in the background, and again after every loss.  Copies the settings. */
struct redis *redis_new(struct loop *loop, const struct redis_settings *settings, redis_fn *fn,
                        void *owner);
/* Silences all callbacks.  Not from within one of them. */
void redis_close(struct redis **redis);
bool redis_is_up(const struct redis *redis);

/* Never calls back before it returns; while the link is down, with NULL. */
void redis_send(struct redis *redis, const struct redis_command *command, reply_fn *fn,
                void *owner);

#endif
