/* What the store puts in the audit trail.  For store*.c alone; `why` and `claim` may be NULL. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORE_RECORD_H
#define APPROVALS_STORE_RECORD_H

#include "approvals/store_state.h"

struct transition {
	enum record_code code;
	const char *state, *why; /* `why` may be NULL */
	char id[ULID_LEN + 1];
	struct wall at;
};

/* Who joined what others had asked for, and with what reason of his own. */
struct joiner {
	const struct person *person;
	struct span source, reason;
};
void store_record_joined(struct store *s, const struct stored *stored,
                         const struct joiner *joiner);
/* False: there is no room. */
bool store_record_id(struct store *s, enum record_code code, const char *id, const char *claim,
                     const char *why);
MUST_CHECK bool store_record_transition(struct store *s, const struct transition *t,
                                        const struct stored *stored);
void store_record_store(struct store *s, enum record_code code, const char *why);
struct decided {
	const struct decision *decision;
	struct wall now;
};
/* False: there is no room. */
MUST_CHECK bool store_record_decision(struct store *s, const struct stored *stored,
                                      const struct decided *decided, durable_fn *fn,
                                      void *owner);
struct decide_no {
	enum decide_result result;
	const char *why, *severity;
};
void store_record_refused(struct store *s, const struct stored *stored,
                          const struct decision *decision, const struct decide_no *no);

#endif
