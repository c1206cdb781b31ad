/* Whether the end of a trail's file holds a record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_LOOKUP_H
#define AUDIT_LOOKUP_H

#include "audit/event.h"

/*
 * Looks through the last 64 MiB of the file for a line of this event that holds `text`, a
 * text that stands in no line by chance (a claim).  For start-up: what a dead process had
 * recorded is in the file by then.  False when it is not found or cannot be read.
 */
bool audit_lookup(const char *file, enum record_code code, struct span text);

#endif
