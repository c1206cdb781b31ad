/* Every way in which bytes are not a message we take. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/fault.h"

struct row {
	int status;
	const char *word;
	const char *text;
};

static const struct row rows[FAULT_COUNT] = {
	[FAULT_NONE] = {0, "none", "Nothing is wrong."},
#define FAULT(name, status, word, text) [FAULT_##name] = {status, word, text},
#include "lib/http/faults.def"
#undef FAULT
};

int
fault_status(enum fault fault)
{
	return rows[fault].status;
}

const char *
fault_word(enum fault fault)
{
	return rows[fault].word;
}

const char *
fault_text(enum fault fault)
{
	return rows[fault].text;
}
