/* Rules as people write them -> a ruleset, or complaints. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_LOAD_H
#define RULES_LOAD_H

#include "lib/base/complaint.h"
#include "lib/base/schema.h"
#include "rules/ruleset.h"

/*
 * `rules` is the value of a site's key `rules`, `defaults` that of its key `defaults`; either
 * may be NULL.  The ruleset keeps nothing of the documents.  NULL when anything is wrong:
 * all of it has been complained of, and warnings too.  The first reference is the caller's.
 */
MUST_CHECK struct ruleset *ruleset_load(const struct node *rules, const struct node *defaults,
                                        enum verdict_kind otherwise,
                                        struct complaints *why);

/* The tables behind it, for what describes the configuration. */
extern const struct schema rule_schema;
extern const struct schema rule_defaults_schema;

#endif
