/* Status and length of answers, for a load generator that trusts whom it measures. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/answer.h"

#include <string.h>
#include <strings.h>

#include "bench/wire.h"

static size_t
digits(const char *at, const char *end, size_t *ret_value)
{
	const char *start = at;

	for (*ret_value = 0; at < end && *at >= '0' && *at <= '9'; at++)
		*ret_value = *ret_value * 10 + (size_t)(*at - '0');
	return (size_t)(at - start);
}

static size_t
content_length(const struct answer *answer)
{
	static const char name[] = "\ncontent-length:";
	const size_t name_len = sizeof(name) - 1;
	const char *end = answer->head + answer->head_len, *at = answer->head;
	size_t value;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		if ((size_t)(end - at) > name_len &&
		    strncasecmp(at, name, name_len) == 0) {
			at += name_len;
			at += at < end && *at == ' ';
			if (digits(at, end, &value) > 0)
				return value;
		}
		at++;
	}
	wire_fail("an answer without Content-Length:\n%.*s", (int)answer->head_len,
	          answer->head);
}

/* Takes what belongs to the head and says how much that was. */
static size_t
take_head(struct answer *answer, const char *bytes, size_t len)
{
	size_t room = ANSWER_HEAD_MAX - answer->head_len, old = answer->head_len,
	       status;
	size_t take = len < room ? len : room;
	const char *end;

	memcpy(answer->head + old, bytes, take);
	end = memmem(answer->head, old + take, "\r\n\r\n", 4);
	if (!end) {
		answer->head_len = old + take;
		if (answer->head_len == ANSWER_HEAD_MAX)
			wire_fail("an answer's head is over %d bytes", ANSWER_HEAD_MAX);
		return take;
	}
	answer->head_len = (size_t)(end - answer->head) + 4;
	if (answer->head_len < 12 ||
	    digits(answer->head + 9, answer->head + 12, &status) != 3)
		wire_fail("not an answer: %.*s", (int)answer->head_len, answer->head);
	answer->status = (unsigned)status;
	answer->body_left = content_length(answer);
	answer->is_in_body = true;
	return answer->head_len - old;
}

bool
answer_take(struct answer *answer, const char *bytes, size_t len)
{
	if (!answer->is_in_body) {
		len -= take_head(answer, bytes, len);
		if (!answer->is_in_body)
			return false;
	}
	if (len > answer->body_left)
		wire_fail("%zu bytes too many behind an answer",
		          len - answer->body_left);
	answer->body_left -= len;
	if (answer->body_left > 0)
		return false;
	answer->is_in_body = false;
	answer->head_len = 0;
	return true;
}
