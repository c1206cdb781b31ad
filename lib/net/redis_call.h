/* The commands of a link that wait for their answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_REDIS_CALL_H
#define NET_REDIS_CALL_H

#include "lib/base/clock.h"
#include "lib/base/list.h"
#include "lib/net/redis_command.h"

enum { COMMAND_MAX = 128 * 1024 * 1024 };

/* A command whose answer has not come. */
struct redis_call {
	struct list node;
	reply_fn *fn;
	void *owner;
	struct mono deadline;
	int64_t timeout_us;
	struct span *args; /* of a script, behind the struct: to send it again by EVAL */
	size_t count, key_count;
	const struct redis_script *script;
};

/* The arguments of a script are copied. */
struct redis_call *redis_call_new(const struct redis_command *command, int64_t timeout_us, reply_fn *fn,
                      void *owner);
/* Ends the call; its owner may do anything then. */
void redis_call_reply(struct redis_call *call, const struct resp *reply);
/* The command of a script, with its digest or its whole text. */
void redis_call_write(const struct redis_call *call, bool by_digest, struct buf *to);
/* Ends them all without a word. */
void redis_calls_drop(struct list *calls);

#endif
