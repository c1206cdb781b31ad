/* Calls as the audit trail has them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_RECORDED_H
#define APP_RECORDED_H

#include <jansson.h>

#include "app/trial.h"

/* One call that was judged; all borrowed from the line's document and the arena. */
struct recorded_call {
	enum trial_outcome outcome; /* what was said of it: allowed, denied, waits */
	struct span rule;           /* empty: none */
	struct span site;
	struct trial_request request;
	bool has_body;              /* which the trail does not have */
	bool is_redacted;           /* a secret of its query was replaced */
};

/* False: the line tells of no verdict. */
MUST_CHECK bool recorded_read(struct recorded_call *ret, const json_t *line, struct arena *arena);

#endif
