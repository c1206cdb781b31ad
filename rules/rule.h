/* Inside of a ruleset: for the files of this room that fill and read it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include <stdatomic.h>

#include "lib/base/pointer_set.h"
#include "rules/match.h"
#include "rules/trie.h"

/* What judging looks at comes first. */
struct rule {
	enum verdict_kind verdict;
	bool is_observed;
	bool is_plain; /* nothing but methods and paths says whether it applies */
	struct match match;
	const struct match *except; /* or NULL */
	/* Of an approval rule, with `reason_rule` and `effect` set; else NULL. */
	const struct requirement *requirement;
	struct regex *reason;
	struct span name;
	struct span title; /* empty: none */
};

/* Arena and expressions own everything else but the trie. */
struct ruleset {
	atomic_uint refs;
	struct arena arena;
	struct regexes regexes;
	enum verdict_kind otherwise;
	struct rule *rules;
	size_t count;
	bool asks_body; /* some rule does */
	struct trie *trie;
	struct pointer_set *pointers; /* every body pointer that some rule looks at */
	struct digest digest;
};

/* Whether a rule only ever makes things harder: then doubt is on its side. */
static inline bool
verdict_restricts(enum verdict_kind kind)
{
	return kind != VERDICT_ALLOW;
}

#endif
