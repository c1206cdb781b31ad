/* The compiled rules of one site: immutable after load, shared by all workers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_RULESET_H
#define RULES_RULESET_H

#include "rules/verdict.h"

struct pointer_set;
struct ruleset;

/* Counted, because a reload keeps the old rules alive for who is judged by them. */
struct ruleset *ruleset_ref(struct ruleset *rs);
void ruleset_unref(struct ruleset **rs);

/*
 * deny > approval > allow > otherwise, whatever the order (DESIGN.md 3.2).  Predicates are
 * true, false or cannot tell.  Fills everything in `ret` but the requirement, which is filled
 * for an approval only.  Allocates nothing, unless a value that a candidate asks for has
 * escapes and more than 512 bytes, or a name in the query has escapes.
 */
void ruleset_judge(const struct ruleset *rs, const struct subject *subject,
                   struct verdict *ret);

/* Every body pointer that some rule looks at; for body_facts_read(). */
const struct pointer_set *ruleset_pointers(const struct ruleset *rs);

size_t ruleset_count(const struct ruleset *rs);
/* In the order of the file, from 0. */
const struct rule *ruleset_at(const struct ruleset *rs, size_t index);
enum verdict_kind rule_verdict(const struct rule *rule);
/* What an approval rule alone asks for; NULL of others. */
const struct requirement *rule_requirement(const struct rule *rule);
/* SHA-256 over the effective policy: changes when the effect of some rule does. */
const struct digest *ruleset_digest(const struct ruleset *rs);

struct span rule_name(const struct rule *rule);
/* The title with {captures} of this request filled in (bytes as forwarded); the rule's name
 * when it has no title. */
struct span rule_title(const struct rule *rule, const struct request *request,
                       struct arena *arena);
/* Whether a caller's or approver's reason satisfies the rule's pattern (whole match); true
 * when the rule has none. */
bool rule_reason_matches(const struct rule *rule, struct span reason);
/* The pattern, to tell people what is asked for; empty when there is none. */
struct span rule_reason_pattern(const struct rule *rule);
/* Whether the reason is enough for all rules that were united: present when one is required,
 * and a match of every pattern. */
bool requirement_reason_matches(const struct requirement *req, struct span reason);

#endif
