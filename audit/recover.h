/* What dead processes left: their records go on in our chain, each exactly once. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_RECOVER_H
#define AUDIT_RECOVER_H

#include "audit/writer.h"

/*
 * Writes audit.opened, which names the heads of the chains that ended, and then the records
 * of the rings in `dead`.  Directories that are empty now, and anchors that are named now,
 * are removed.  False, and a sentence in `why`: nothing was taken that was not written.
 */
MUST_CHECK bool recover(struct audit *a, struct boot *dead, size_t count, struct buf *why);

#endif
