/* The chains that ended before ours: which they are, and whether their ends still stand. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_ANCESTORS_H
#define AUDIT_ANCESTORS_H

#include "audit/writer.h"

/* The furthest head that anything speaks of counts.  False: no more can be named. */
MUST_CHECK bool ancestors_add(struct audit *a, struct span chain,
                              const struct chain_head *head);
/*
 * Looks for each one's last line, in the file and then in the files next to it, where one
 * lies that was renamed while no process ran.  Returns how many stand nowhere.
 */
size_t ancestors_search(struct audit *a);
/* The last line of the file, whoever wrote it: so that files without anchors link too. */
void ancestors_add_last_line(struct audit *a);

#endif
