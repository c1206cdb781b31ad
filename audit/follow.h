/* Follows each chain line by line, and says what does not fit.  Inside of the verifier. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_FOLLOW_H
#define AUDIT_FOLLOW_H

#include "audit/evidence.h"

void follow_line(struct verify *v, const struct line *line);
void follow_end(struct verify *v, struct followed *c);

#endif
