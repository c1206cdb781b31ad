/* Value tests that nothing can pass. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_LINT_VALUE_H
#define RULES_LINT_VALUE_H

#include "rules/value_test.h"

/* What to warn of in a map of tests, or NULL. */
const char *lint_value_test(const struct value_test *test);

#endif
