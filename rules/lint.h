/* Traps in rules that load well: what was written is hardly what was meant. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_LINT_H
#define RULES_LINT_H

#include "lib/base/span.h"

/* Each returns what to warn of, or NULL. */
const char *lint_path_regex(struct span regex);
const char *lint_methods(unsigned methods);

/* Whether a group that repeats without end holds something that does. */
bool lint_nests_quantifiers(struct span regex);

#endif
