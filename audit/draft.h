/* A record while it is being written: the members of one line, without its place in a chain. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_DRAFT_H
#define AUDIT_DRAFT_H

#include "audit/event.h"
#include "audit/stamp.h"
#include "lib/base/digest.h"
#include "lib/base/emit.h"

enum {
	/* With what the chain puts in front and behind, a line stays within 8 KiB. */
	DRAFT_MAX = 7680,
	DRAFT_NAMES_MAX = 8, /* of members that were cut */
	NODE_NAME_MAX = 64,
	BOOT_NAME_MAX = 64,
};

/* The same for all records of a process. */
struct draft_style {
	char ending[2 * NODE_NAME_MAX + 64]; /* ,"node":{…}} */
	size_t ending_len;
	struct digest redaction_key;
};

void draft_style_init(struct draft_style *style, const char *node, const char *version);

struct draft {
	struct emit emit;
	struct buf out;  /* its memory is somebody else's and never grows */
	size_t start;    /* length of what is kept when the rest does not fit */
	bool is_redacted;
	size_t cut_count;
	const char *cut[DRAFT_NAMES_MAX]; /* literals */
	const struct draft_style *style;
};

/* Writes id, time, event, code and severity into `room`. */
void draft_begin(struct draft *d, char *room, size_t max, struct stamp *stamp,
                 enum record_code code, struct wall now);
/* Before any member: the id, and the severity, that this record has instead. */
void draft_set_id(struct draft *d, const char id[STAMP_ID]);
void draft_set_severity(struct draft *d, const char *severity);
/* Closes the object; returns its length, without the brace that the chain writes. */
size_t draft_end(struct draft *d);

/* What stands there now, whole members of the record, is kept whatever follows. */
void draft_keep(struct draft *d);

/* A value of at most `max` bytes of JSON text, cut at a whole character and named then. */
void draft_value(struct draft *d, const char *name, struct span value, size_t max);
void draft_was_cut(struct draft *d, const char *name);
/* One member of at most `max` bytes of JSON text; `name` goes to `truncated` when cut. */
void draft_text(struct draft *d, const char *key, const char *name, struct span value,
                size_t max);
/* The same for a query: what is secret in it is shown as a keyed digest. */
void draft_query(struct draft *d, struct span query, size_t max);

#endif
