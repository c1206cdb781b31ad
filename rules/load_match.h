/* The keys `match` and `except` of a rule. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_LOAD_MATCH_H
#define RULES_LOAD_MATCH_H

#include "rules/load_time.h"
#include "rules/load_value.h"
#include "rules/match.h"

struct path_patterns {
	struct path_pattern *at;
	size_t count;
};

struct networks {
	struct network *at;
	size_t count;
};

/* What a `match` says, as it is read. */
struct match_text {
	unsigned methods;
	struct path_patterns templates, regexes;
	struct strings hosts;
	struct {
		struct strings users, groups;
	} requester;
	struct networks sources;
	struct time_text time;
	struct named_tests query, headers, body, form;
};

/* The reader's owner is the ruleset. */
extern const struct schema match_schema;

/* `n` is the node that `text` was read from: what stands there counts, even if empty. */
struct match match_compile(const struct match_text *text, const struct node *n,
                           struct arena *arena);
/* Readies every path for wide tests. */
void match_widen(struct match *m);

#endif
