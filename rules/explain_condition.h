/* What a condition asked for, what it saw, and what that told, as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_EXPLAIN_CONDITION_H
#define RULES_EXPLAIN_CONDITION_H

#include <jansson.h>

#include "rules/condition.h"

/* {key, name, asked, seen, truth, why, fault}; the reference is the caller's. */
json_t *explain_condition(const struct condition *c, const struct subject *subject);

/* "true", "false" or "cannot_tell". */
json_t *explain_truth(enum truth truth);
/* Any bytes, as a string of JSON. */
json_t *explain_text(struct span text);

#endif
