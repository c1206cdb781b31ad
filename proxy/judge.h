/* May this be forwarded?  The only maker of clearances. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_JUDGE_H
#define PROXY_JUDGE_H

#include "proxy/worker.h"

/* The rules let the examined request pass: clears x->out as it stands. */
void judge_clear_allowed(struct exchange *x);
/* After claim and durable intent: clears x->out with the kept body, as judged just now. */
void judge_clear_claimed(struct exchange *x);
/* Whether the clearance is for exactly these bytes. */
bool judge_covers(const struct exchange *x, struct span body);

/* Reads the kept head of a gated call and judges it again, into proxy->examined.  What
 * stands against it now, if anything does. */
enum refusal judge_again(struct exchange *x);
/* What people sign, of the examined request; borrowed until the next look.  False: it is
 * not what it was at first. */
MUST_CHECK bool judge_bind(struct exchange *x, struct bindable *b);

#endif
