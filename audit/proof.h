/* What speaks for a chain from outside of it: heads, keys, successors. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PROOF_H
#define AUDIT_PROOF_H

#include "audit/evidence.h"

/* Whether a trusted head is the line before this one. */
bool proof_knows_before(struct verify *v, const struct line *line);
/* Compares the line, now its chain's last, with what is trusted; reads what it says itself. */
void proof_line(struct verify *v, struct followed *c, const struct line *line);
/* What only the end can tell: heads that were not met, and how far each chain is proven. */
void proof_end(struct verify *v);
/* Whether nothing can follow what was seen. */
bool proof_is_whole(const struct verify *v);

#endif
