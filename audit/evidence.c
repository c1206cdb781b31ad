/* What the verifier has seen so far, and how it tells. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/evidence.h"

#include <stdarg.h>
#include <stdio.h>

struct followed *
evidence_find(struct verify *v, struct span name)
{
	for (size_t i = 0; i < v->chain_count; i++) {
		if (span_eq(name, span_of(v->chains[i].name, v->chains[i].name_len)))
			return &v->chains[i];
	}
	return NULL;
}

void
evidence_tell(struct verify *v, enum finding_kind kind, const struct where *where,
              const char *format, ...)
{
	char text[1024];
	struct finding finding = {.kind = kind, .file = where->place.file,
	                          .line = where->place.line, .seq = where->seq, .text = text};
	va_list args;

	if (where->chain)
		finding.chain = span_of(where->chain->name, where->chain->name_len);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (kind != FINDING_NOTE)
		v->is_altered = true;
	v->fn(v->owner, &finding);
}

/* A line that cannot be read has no number; the hole it leaves may give it one. */
void
evidence_tell_unreadable(struct verify *v, struct followed *c, uint64_t seq)
{
	struct where where = {v->unreadable, c, seq};

	if (!v->has_unreadable)
		return;
	v->has_unreadable = false;
	evidence_tell(v, c ? FINDING_ALTERED : FINDING_FOREIGN, &where,
	              "this is not a line as it was written");
}
