/* Whom a gated call asks, and how it waits: body, binding, store, hold, ticket. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_GATE_H
#define PROXY_GATE_H

#include "proxy/worker.h"

/* A rule asks for approval of the examined request: collects the body, then asks. */
void gate_begin(struct exchange *x, const struct head *head, struct span body, bool is_last);
void gate_on_body(struct exchange *x, struct span body, bool is_last);
/* The hold is over, or the approval's time is; or the store took too long. */
void gate_on_overdue(struct exchange *x);
/* The caller hung up.  True: the exchange is to end; else it goes on to its outcome. */
bool gate_on_gone(struct exchange *x);
/* This process ends: a held call becomes a ticket now. */
void gate_on_drain(struct exchange *x);

/* Gives back all that the gate holds. */
void gate_release(struct exchange *x);

#endif
