/* Requests for tests that need all of one: read by the program's own reader, with a body. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_RULES_ASKING_H
#define TESTS_RULES_ASKING_H

#include "lib/base/buf.h"
#include "rules/body.h"
#include "rules/ruleset.h"

/* What to ask.  Zeroed: GET without anything. */
struct asking_text {
	struct span method, target; /* target: "/path?query", or with "http://HOST" in front */
	struct span fields;         /* whole lines with CR LF */
	struct span body;
	struct span user;           /* empty: nobody */
	const struct span *groups;
	size_t group_count;
	struct span source;         /* "10.0.0.1" or "unix"; empty: 192.0.2.1 */
	struct wall now;
};

struct asking {
	struct arena arena;
	struct buf bytes;
	struct head head;
	struct request request;
	struct person person;
	struct subject subject;
	struct body_facts facts;
	struct span body;
};

/* The fault that the reader finds, if any. */
enum fault asking_begin(struct asking *a, const struct asking_text *text);
/* Judges as the proxy does: reads the body when that is asked for, and judges again.
 * `ret_need` is what was asked for. */
void asking_judge(struct asking *a, const struct ruleset *rs, struct verdict *ret,
                  enum body_need *ret_need);
void asking_end(struct asking *a);

#endif
