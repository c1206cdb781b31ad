/* What came of judging recorded calls anew. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_REPLAY_H
#define APP_REPLAY_H

#include "app/trial.h"

/* The trail lacks what the verdict depends on. */
enum { REPLAY_UNKNOWN = TRIAL_OUTCOMES, REPLAY_OUTCOMES };

#define HOUR_US (3600 * SECOND_US)

/* Calls of one kind that would change in one way. */
struct change {
	char *text; /* "allow by reads -> approval by users.delete" */
	char *example;
	uint64_t count;
};

struct load {
	char *group;
	uint64_t calls;
};

struct replay {
	const struct config *config;
	uint64_t calls, unreadable, redacted;
	uint64_t before[REPLAY_OUTCOMES], after[REPLAY_OUTCOMES];
	uint64_t same;
	struct change *changes;
	size_t change_count;
	struct load *loads;
	size_t load_count;
	/* Holds in the hour that is being counted; trails are in order of time but for seconds. */
	int64_t hour, first_hour, last_hour;
	uint64_t in_hour, most_in_hour, held;
};

const char *replay_outcome_name(int outcome);
/* Puts what is most in front, and prints all of it. */
void replay_print(struct replay *r, bool is_json);

#endif
