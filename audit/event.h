/* The events of the trail, with their codes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_EVENT_H
#define AUDIT_EVENT_H

#include "lib/base/span.h"

/* Rows of records.def: RECORD(NAME, "request.allowed", "CS1000I", "info"). */
enum record_code {
#define RECORD(name, event, code, severity) RECORD_##name,
#include "audit/records.def"
#undef RECORD
	RECORD_CODE_COUNT
};

const char *record_event(enum record_code code);

/* What a record says of itself behind its time: `","event":…,"code":…,"severity":…`. */
struct span record_heading(enum record_code code);

#endif
