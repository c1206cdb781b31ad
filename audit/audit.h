/* The trail of one process: records in from many threads, one chain out to one file. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "audit/ring.h"
#include "lib/base/signature.h"

struct audit;

struct audit_settings {
	const char *file;      /* audit.file */
	const char *state_dir; /* rings, anchors */
	const char *node;      /* who we are: outlives the process */
	const char *boot;      /* this process */
	const char *version;
	const struct private_key *signer; /* of checkpoints; borrowed for the life of the audit */
};

/* Opens the file, cuts and records a torn last line, drains rings that a dead process left,
 * starts the audit thread, writes audit.opened.  NULL, and a sentence in `why`. */
MUST_CHECK struct audit *audit_open(const struct audit_settings *settings, struct buf *why);
/* Writes what is queued, a checkpoint, and ends the thread.  All rings must be closed. */
void audit_close(struct audit **audit);
/* For SIGUSR1: the file was renamed; open it anew by name.  From any thread. */
void audit_reopen(struct audit *audit);
/* False while lines cannot be written (full disk, failed sync).  From any thread. */
bool audit_is_well(const struct audit *audit);
/* For /metrics: lines written, and bytes or lines that wait.  From any thread. */
uint64_t audit_lines_written(const struct audit *audit);

/* Whether the trail's file has a record of this event that holds `text`: audit_lookup(). */
bool audit_has_record(const struct audit_ring *ring, enum record_code code, struct span text);

#endif
