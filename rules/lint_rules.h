/* Rules that stand in each other's way, or in their own. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_LINT_RULES_H
#define RULES_LINT_RULES_H

#include "lib/base/complaint.h"
#include "lib/base/schema.h"
#include "rules/ruleset.h"

/* `rules` is the list they were loaded from; warnings only. */
void lint_rules(const struct ruleset *rs, const struct node *rules, struct complaints *why);

/* Of hosts that a site, which has these, does not have; none: it has all. */
void lint_hosts(const struct ruleset *rs, const struct node *rules, const struct strings *hosts,
                struct complaints *why);

#endif
