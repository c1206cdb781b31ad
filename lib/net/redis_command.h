/* What is asked of a Redis server, and who is told the answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_REDIS_COMMAND_H
#define NET_REDIS_COMMAND_H

#include "lib/net/resp.h"

/*
 * The answer to one command, an error included.  NULL: the link broke or the deadline
 * passed, and whether the command was carried out is not known.  Borrowed.
 */
typedef void reply_fn(void *owner, const struct resp *reply);

/* Sent by EVALSHA; by EVAL to a server that does not have it yet. */
struct redis_script {
	struct span text;
	char sha1[41];
};
void redis_script_init(struct redis_script *script, struct span text);

struct redis_command {
	const struct redis_script *script; /* NULL: args[0] is the command */
	const struct span *args;           /* of a script: key_count keys, then its arguments */
	size_t count;
	size_t key_count;
	int64_t timeout_us;                /* 0: command_timeout_us */
};

#endif
