/* From an examined head to a gate or an upstream: the body first, where rules need it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_INTAKE_H
#define PROXY_INTAKE_H

#include "proxy/exchange.h"

/*
 * Nothing stands against the examined head.  Collects the body if rules look into it or
 * people are to be asked, judges with it, and passes the call on or asks for it.  Where
 * only rules that are observed look into the body it is collected as far as it fits, and
 * never a reason to refuse.
 */
void intake_begin(struct exchange *x, const struct head *head, struct span body, bool is_last);
/* In EXCHANGE_READING. */
void intake_on_body(struct exchange *x, struct span body, bool is_last);
void intake_on_overdue(struct exchange *x);

#endif
