/* Verifies files: opens them, puts them in order, reads each line once. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_INSPECT_H
#define AUDIT_INSPECT_H

#include "audit/facts.h"
#include "audit/verify.h"

/*
 * The files of one trail, in any order: they are read in order of the time of their first
 * lines.  `facts` may be NULL.  False, and a sentence in `why`, when one cannot be read.
 */
MUST_CHECK bool inspect_files(struct verify *v, struct facts *facts, char *const *files,
                              size_t count, struct buf *why);
/* Trusts the heads that this machine keeps in its state directory: anchors of the last
 * checkpoints, and the heads that running processes keep up to date.  `file` is the name of
 * the trail in the configuration. */
void inspect_trust_state(struct verify *v, const char *state_dir, const char *file);
/* Whether one of the files is the one that has this name. */
MUST_CHECK bool inspect_includes(char *const *files, size_t count, const char *file);

#endif
