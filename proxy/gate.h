/* Whom a gated call asks, and how it waits: binding, store, hold, ticket. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_GATE_H
#define PROXY_GATE_H

#include "proxy/exchange.h"

/* A rule asks for approval of the examined request, whose head and whole body are kept. */
void gate_begin(struct exchange *x);
/* The hold is over, or the approval's time is; or the store took too long. */
void gate_on_overdue(struct exchange *x);
/* The caller hung up.  True: the exchange is to end; else it goes on to its outcome. */
bool gate_on_gone(struct exchange *x);
/* This process ends: a held call becomes a ticket now. */
void gate_on_drain(struct exchange *x);

/* Another configuration is in force: who waits is judged by it. */
void gate_on_adopted(struct exchange *x);

/* Gives back all that the gate holds. */
void gate_release(struct exchange *x);

#endif
