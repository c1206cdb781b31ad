/* A granted call's way from claim to outcome, each step on record before the next. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_CLAIM_H
#define PROXY_CLAIM_H

#include "proxy/exchange.h"

/* For exchange.events, before forward_connect().  Connected: claims, records the intent,
 * clears, sends.  Answered: on record first, then to the caller. */
extern const struct forward_events claim_events;

/* The store or the trail hangs: the caller is told, the exchange goes on. */
void claim_on_overdue(struct exchange *x);
/* The answer came to its end, or to this one. */
void claim_relayed(struct exchange *x, enum ending ending);
/* This process ends before the call: what is known of it goes on record. */
void claim_on_end(struct exchange *x);
/* Gives back what was reserved in the trail. */
void claim_release(struct exchange *x);

#endif
