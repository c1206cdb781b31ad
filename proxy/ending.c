/* How an exchange came to its end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/ending.h"

#include <stddef.h>

static const char *const ending_words[ENDING_COUNT] = {
	[ENDING_WHOLE] = NULL,
	[ENDING_REFUSED] = NULL,
	[ENDING_CALLER_GONE] = "caller-gone",
	[ENDING_UPSTREAM_BROKE] = "upstream-broke",
	[ENDING_CUT_BY_FAULT] = "cut-by-fault",
	[ENDING_LATE] = "late",
	[ENDING_PROCESS_ENDED] = "process-ended",
};

const char *
ending_word(enum ending ending)
{
	return ending_words[ending];
}

enum ending
ending_of_refusal(enum refusal refusal)
{
	switch ((int)refusal) {
	case REFUSAL_UPSTREAM_BROKEN:
	case REFUSAL_UPSTREAM_MALFORMED:
	case REFUSAL_UPSTREAM_UNREACHABLE:
		return ENDING_UPSTREAM_BROKE;
	case REFUSAL_UPSTREAM_TIMEOUT:
		return ENDING_LATE;
	default:
		return ENDING_REFUSED;
	}
}
