/* Makes the tree of a document; for document.c alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TREE_H
#define BASE_TREE_H

#include "lib/base/arena.h"
#include "lib/base/complaint.h"

enum { TREE_KEYS_MAX = 1000 /* of one map */ };

/* The manuscript has been looked through for characters that may not stand there.  NULL when
 * there is no tree to look at; it has been complained of. */
MUST_CHECK const struct node *tree_build(const struct manuscript *manuscript, struct arena *arena,
                                         struct complaints *why);

#endif
