/* Lists that go on in other files, as in "- include: more.yaml". */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_INCLUDE_H
#define BASE_INCLUDE_H

#include "lib/base/document.h"

enum { INCLUDE_DEPTH_MAX = 4, INCLUDE_FILES_MAX = 1000 };

/* What one document has included so far. */
struct including {
	struct document *document; /* owns what is read */
	size_t files;
};

/*
 * Puts the entries of the files where the entry {include: PATTERN} of `list` stands, as if
 * they were written there; nodes keep their own file and place for messages.  A pattern
 * counts from the directory of the file it stands in; its files come in the order of their
 * names, byte by byte, and each is a list itself.  A pattern without wildcards must name a
 * file; one with wildcards that fits none is warned of.  `list` is a node of the document
 * that nobody has read yet.
 */
void include_into(struct including *in, const struct node *list, struct complaints *why);

#endif
