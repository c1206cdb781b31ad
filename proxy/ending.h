/* How an exchange came to its end, for its record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_ENDING_H
#define PROXY_ENDING_H

#include "proxy/refusal.h"

enum ending {
	ENDING_WHOLE,         /* the answer was handed over to its last byte */
	ENDING_REFUSED,       /* by us, before anything was sent */
	ENDING_CALLER_GONE,
	ENDING_UPSTREAM_BROKE,
	ENDING_CUT_BY_FAULT,  /* the caller's body turned out not to be one */
	ENDING_LATE,          /* a deadline of ours */
	ENDING_PROCESS_ENDED, /* we did, before the exchange */
	ENDING_COUNT
};

/* Its word in the trail; NULL when the exchange ended as it should. */
const char *ending_word(enum ending ending);
/* Of an exchange that is answered with this. */
enum ending ending_of_refusal(enum refusal refusal);

#endif
