/* Methods as a set: a bit for each. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_METHODS_H
#define RULES_METHODS_H

#include "lib/http/request.h"

#define METHODS_ALL ((1u << METHOD_COUNT) - 1)

static inline unsigned
method_bit(enum method method)
{
	return 1u << method;
}

#endif
