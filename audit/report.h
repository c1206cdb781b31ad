/* What a verification found, for people or as one JSON object. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_REPORT_H
#define AUDIT_REPORT_H

#include "audit/facts.h"
#include "audit/verify.h"
#include "lib/base/emit.h"

/* Writes to standard output as things are found. */
struct report {
	bool is_json;
	struct buf text;
	struct emit emit;
};

void report_begin(struct report *r, bool is_json);
/* A finding_fn and a fact_fn; `report` is the owner. */
void report_finding(void *report, const struct finding *finding);
void report_fact(void *report, const struct fact *fact);
/* What is proven of each chain, and the result. */
void report_end(struct report *r, const struct verify *v, enum verify_result result);
/* When there is no result: what was begun is left as it is. */
void report_clear(struct report *r);

#endif
