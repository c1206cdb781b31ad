/* What approval rules ask of people, united into one demand. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_REQUIREMENT_H
#define RULES_REQUIREMENT_H

#include "rules/verdict.h"

/*
 * Adds what `more` asks to what is asked already: needs united (of one group the greater
 * count), shortest times, fewest uses, reject before hold, the stricter reason, cancel before
 * keep; the status stays.  False: more groups or patterns than one demand can name.
 * `effect` is then to be set anew.
 */
MUST_CHECK bool requirement_unite(struct requirement *all, const struct requirement *more);

#endif
