/* The caller's own view of an approval: GET /.well-known/countersign/approvals/<id>, DELETE. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_STATUS_H
#define PROXY_STATUS_H

#include "proxy/exchange.h"

/* Answers the examined request, which is for the status resource.  GET takes ?wait=N and
 * then answers when the state changes or N seconds are over; DELETE withdraws.  Anybody
 * but the requester is told that there is no such approval. */
void status_begin(struct exchange *x);
void status_on_overdue(struct exchange *x);
void status_release(struct exchange *x);

#endif
