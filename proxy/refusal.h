/* Every reason of our own to say no to a caller, each with its status and words. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_REFUSAL_H
#define PROXY_REFUSAL_H

/* Rows of refusals.def: REFUSAL(NAME, status, "word", "title", "next"). */
enum refusal {
	REFUSAL_NONE = 0,
#define REFUSAL(name, status, word, title, next) REFUSAL_##name,
#include "proxy/refusals.def"
#undef REFUSAL
	REFUSAL_COUNT
};

int refusal_status(enum refusal refusal);
/* Ends the problem's type: urn:countersign:problem:<word>. */
const char *refusal_word(enum refusal refusal);
const char *refusal_title(enum refusal refusal);
/* What the caller can do: the problem's member `next`. */
const char *refusal_next(enum refusal refusal);

#endif
