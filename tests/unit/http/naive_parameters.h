/* A second reader of parameters: slow, by the letter of parameters.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_NAIVE_PARAMETERS_H
#define TEST_NAIVE_PARAMETERS_H

#include "lib/base/span.h"

/* NULL, or what parameter_find() and the naive reader disagree about. */
const char *parameters_again(struct span parameters, struct span name, bool is_form);

/* Whether some name is "_method" or its variant: what no form that is taken holds. */
bool naive_has_method(struct span parameters);

#endif
