/* Every way in which bytes are not a message we take, each with its status and words. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_FAULT_H
#define HTTP_FAULT_H

/* Rows of faults.def: FAULT(NAME, status, "name-on-the-wire", "sentence for people"). */
enum fault {
	FAULT_NONE = 0,
#define FAULT(name, status, word, text) FAULT_##name,
#include "lib/http/faults.def"
#undef FAULT
	FAULT_COUNT
};

/* The status a caller gets; for FAULT_NONE 0. */
int fault_status(enum fault fault);
/* The word in answers, records and docs: "framing-ambiguous". */
const char *fault_word(enum fault fault);
/* One sentence that says what was wrong, without quoting input. */
const char *fault_text(enum fault fault);

#endif
