/* Reads one file people write, YAML or its subset JSON, into a tree of nodes with places. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DOCUMENT_H
#define BASE_DOCUMENT_H

#include "lib/base/complaint.h"
#include "lib/base/node.h"

struct document;

enum { DOCUMENT_MAX = 16 << 20 /* bytes of one file */ };

/*
 * One document in UTF-8.  Anchors, aliases, tags, directives, merge keys, keys that are no
 * scalars, duplicate keys and control characters are errors.  NULL when there is no tree to
 * look at; else a tree, though there may be complaints: ask complaints_errors().
 */
MUST_CHECK struct document *document_load(const char *path, struct complaints *why);
/* The same for text at hand; `name` stands where the path would. */
MUST_CHECK struct document *document_read(const char *name, struct span text,
                                          struct complaints *why);
void document_free(struct document *doc);

/* Takes a document over whose nodes hang in the tree of this one: they go together. */
void document_adopt(struct document *doc, struct document *part);

const struct node *document_root(const struct document *doc);
const char *document_name(const struct document *doc);

#endif
