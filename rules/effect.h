/* Digests of what rules do, whatever they are called and however they are written down. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_EFFECT_H
#define RULES_EFFECT_H

#include "rules/rule.h"

/*
 * Of what is asked of people: groups with their counts in any order, mode, times, uses,
 * reason.  An approval opened under another effect is superseded.  How the caller is told
 * and what his hanging up means are no part of it.
 */
struct digest effect_of(const struct requirement *req);

/* Of everything that can change a verdict or a requirement, names included, titles not. */
struct digest effect_of_ruleset(const struct ruleset *rs);

#endif
