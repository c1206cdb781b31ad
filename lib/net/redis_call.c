/* The commands of a link that wait for their answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/redis_call.h"

#include <stdlib.h>

#include "lib/base/memory.h"

void
redis_call_write(const struct redis_call *call, bool by_digest, struct buf *to)
{
	size_t count = call->count + 3;
	struct span *args = memory_new_array(count, sizeof(*args));
	struct buf keys = BUF_INIT(32);

	buf_add_u64(&keys, call->key_count);
	args[0] = by_digest ? SPAN("EVALSHA") : SPAN("EVAL");
	args[1] = by_digest ? span_cstr(call->script->sha1) : call->script->text;
	args[2] = buf_span(&keys);
	memcpy(args + 3, call->args, call->count * sizeof(*args));
	resp_command(to, args, count);
	buf_clear(&keys);
	free(args);
}

struct redis_call *
redis_call_new(const struct redis_command *command, int64_t timeout_us, reply_fn *fn, void *owner)
{
	size_t texts = 0, count = command->script ? command->count : 0;
	struct redis_call *call;
	char *at;

	for (size_t i = 0; i < count; i++)
		texts += command->args[i].len;
	call = memory_new(sizeof(*call) + count * sizeof(*call->args) + texts);
	*call = (struct redis_call){
		.fn = fn,
		.owner = owner,
		.timeout_us = command->timeout_us ? command->timeout_us : timeout_us,
		.args = (struct span *)(call + 1),
		.count = count,
		.key_count = command->key_count,
		.script = command->script,
	};
	at = (char *)(call->args + count);
	for (size_t i = 0; i < count; i++) {
		call->args[i] = span_of(at, command->args[i].len);
		if (command->args[i].len)
			memcpy(at, command->args[i].ptr, command->args[i].len);
		at += command->args[i].len;
	}
	return call;
}

void
redis_call_reply(struct redis_call *call, const struct resp *reply)
{
	reply_fn *fn = call->fn;
	void *owner = call->owner;

	free(call);
	fn(owner, reply);
}

void
redis_calls_drop(struct list *calls)
{
	while (!list_is_empty(calls)) {
		struct redis_call *call = LIST_ENTRY(calls->next, struct redis_call, node);

		list_remove(&call->node);
		free(call);
	}
}
