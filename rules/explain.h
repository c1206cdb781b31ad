/* Why a verdict is what it is: every rule, every condition, what was seen and what it told. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_EXPLAIN_H
#define RULES_EXPLAIN_H

#include <jansson.h>

#include "rules/ruleset.h"

/*
 * What ruleset_judge() says, and how it came to it, by the same functions:
 *
 *   {verdict, rule, wants_name, needs_body: none | observed | rules, fault?,
 *    would?: {verdict, rule}, would_fault?, otherwise,
 *    rules: [{rule, verdict, observe, applies, needs_body, fault?,
 *             match: {truth, keys: [{key, name?, asked, seen, truth, why?, fault?}]},
 *             except?: the same, or null where it is not looked at}]}
 *
 * Truths are true, false and cannot_tell; `why` is there for the last.  Every rule stands
 * there, in the order of the file.  What is asked of a body stands there only where the body
 * is needed.  Nothing is redacted: what was seen may hold credentials.  The reference is the
 * caller's.
 */
json_t *ruleset_explain(const struct ruleset *rs, const struct subject *subject);

#endif
