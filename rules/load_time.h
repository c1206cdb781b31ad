/* The key `time` of a match. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_LOAD_TIME_H
#define RULES_LOAD_TIME_H

#include "lib/base/schema.h"
#include "rules/condition.h"

/* What a `time` says, as it is read. */
struct time_text {
	unsigned days;
	struct {
		struct hours *at;
		size_t count;
	} hours;
	struct {
		struct span name;
		const struct zone *at;
	} zone;
};

extern const struct schema time_schema;

/* `n` is the node that `text` was read from. */
const struct schedule *schedule_compile(const struct time_text *text, const struct node *n,
                                        struct arena *arena);

#endif
