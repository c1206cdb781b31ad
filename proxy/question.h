/* What the store is asked about a gated call, and in what turn. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_QUESTION_H
#define PROXY_QUESTION_H

#include "proxy/exchange.h"
#include "proxy/gated.h"

/* Judges the kept call again, binds it and asks the store, when its turn has come; `fn` is
 * told what the store says.  Enters EXCHANGE_JUDGING; may refuse and end the exchange. */
void question_ask(struct exchange *x, answer_fn *fn);

/* It is asked already, and the answer is needed sooner. */
void question_hurry(struct exchange *x);

/* Asks for those whose turn has come. */
void question_next(struct proxy *p);
/* No answer is wanted any more; afterwards, question_next(). */
void question_end(struct exchange *x);
/* Whether its turn has not come yet: the store knows nothing of it. */
bool question_is_queued(const struct exchange *x);

/* How long this caller's connection may wait; 0: not at all. */
int64_t question_hold_us(const struct exchange *x);

#endif
