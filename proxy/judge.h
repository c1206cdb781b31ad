/* May this be forwarded?  The only maker of clearances. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_JUDGE_H
#define PROXY_JUDGE_H

#include "proxy/examine.h"

/* The rules let the examined request pass: clears x->out as it stands, with `body` where they
 * looked into it. */
void judge_clear_allowed(struct exchange *x, struct span body);
/* After claim and durable intent: clears x->out with the kept body, as judged just now. */
void judge_clear_claimed(struct exchange *x);
/* Whether the clearance is for exactly these bytes. */
bool judge_covers(const struct exchange *x, struct span body);

/* Reads the kept head again and judges it with the kept body, into proxy->examined; what
 * stands against it, if anything does.  `unread`: why the body is not whole, or FAULT_NONE. */
struct objection judge_again(struct exchange *x, enum fault unread);
/* The same for a call that is gated: what stands against going on with it. */
enum refusal judge_gated_again(struct exchange *x);
/* The same when another regime may have come into force while people were asked: moves the
 * exchange under it.  A new no is a no; a new yes still needs what people were asked. */
struct objection judge_waiting(struct exchange *x);
/* What people sign, of the examined request; borrowed until the next look.  A fault: it cannot
 * be read for what its rule binds.  A refusal: it is not what it was at first. */
MUST_CHECK struct objection judge_bind(struct exchange *x, struct bindable *b);

#endif
