/* What the caller's door puts in the audit trail. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_TRAIL_H
#define PROXY_TRAIL_H

#include "audit/audit.h"
#include "proxy/exchange.h"

/* Whether gated calls, and calls that pass, may begin: their lines could be written. */
bool trail_is_open(const struct exchange *x);

/* The one line of an exchange that no approval.* record has closed, at its end. */
void trail_request(struct exchange *x, enum ending ending);
/* would.hold or would.deny, if a rule that is observed has something against the examined
 * request that the verdict has not. */
void trail_would(struct exchange *x);
/* request.started: a call that has been under way for ten seconds. */
void trail_started(struct exchange *x);

/* Of a gated call, with the approval's members.  `word` says why, and may be NULL. */
void trail_approval(struct exchange *x, enum record_code code, const char *word);
/* The same, and told when it is on the device; false: it cannot even be queued. */
MUST_CHECK bool trail_approval_durable(struct exchange *x, enum record_code code,
                                       const char *word, durable_fn *fn);

#endif
