/* A name, then a query: what is found of it is what a naive reader finds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/target.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/http/naive_parameters.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span query = span_of(data, size), name;

	if (!cut_line(&query, &name) || name.len == 0 || span_contains(name, '\0'))
		return 0;
	if (target_check_query(query) == FAULT_NONE)
		die_if(parameters_again(query, name, false));
	return 0;
}
