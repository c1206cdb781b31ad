/* Reads answers off a connection as far as a load generator must: status and length. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_ANSWER_H
#define BENCH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

enum { ANSWER_HEAD_MAX = 2048 };

/* A zeroed one expects the first byte of an answer, and so does one that is complete.
 */
struct answer {
	unsigned status;
	size_t head_len;
	size_t body_left;
	bool is_in_body;
	char head[ANSWER_HEAD_MAX];
};

/* Takes `len` bytes; true when they end an answer.  Bytes behind its end, an answer
 * without Content-Length and a head over the maximum end the tool. */
bool answer_take(struct answer *answer, const char *bytes, size_t len);

#endif
