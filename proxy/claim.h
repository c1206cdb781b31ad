/* A granted call's way from claim to outcome, each step on record before the next. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_CLAIM_H
#define PROXY_CLAIM_H

#include "proxy/worker.h"

/* A connection of the call's own is up: claims, records the intent, clears, sends. */
void claim_begin(struct exchange *x);
/* The upstream's connection failed, before the call was sent or after. */
void claim_on_down(struct exchange *x, enum refusal refusal);
/* The store or the trail hangs: the caller is told, the exchange goes on. */
void claim_on_overdue(struct exchange *x);

/* The final head of the answer is here: on record first, then to the caller. */
void claim_complete(struct exchange *x);
/* It was sent, and what came of it is not known. */
void claim_outcome_unknown(struct exchange *x, enum refusal refusal);
/* The answer came to its end, or to this one. */
void claim_relayed(struct exchange *x, enum ending ending);

/* Whole seconds from the start of the hold to the sending; 0 when it was not held. */
uint64_t claim_waited_s(const struct exchange *x);
/* Gives back what was reserved in the trail. */
void claim_release(struct exchange *x);

#endif
