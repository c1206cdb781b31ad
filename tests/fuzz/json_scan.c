/* Any bytes as JSON: accepted as jansson does, and the same values at every pointer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/base/json_again.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	die_if(json_again(span_of(data, size)));
	return 0;
}
