/* What a trail tells of approvals: claims without an outcome, more calls than were allowed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_FACTS_H
#define AUDIT_FACTS_H

#include "audit/chain.h"

struct facts;

struct fact {
	const char *file;
	uint64_t line;
	const char *text;
};

typedef void fact_fn(void *owner, const struct fact *fact);

struct facts *facts_new(void);
void facts_free(struct facts *f);
/* Lines that are not about claims cost nothing.  `file` is borrowed until the end. */
void facts_line(struct facts *f, const struct line *line, const char *file, uint64_t number);
/* Tells what is open or too much; returns how many facts that were. */
size_t facts_end(struct facts *f, fact_fn *fn, void *owner);

#endif
