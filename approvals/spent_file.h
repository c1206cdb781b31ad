/* The file under the spent log: whole lines in, whole lines out, shared by processes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SPENT_FILE_H
#define APPROVALS_SPENT_FILE_H

#include "lib/base/buf.h"

struct spent_file;

/* A line that is whole, without its check and line end. */
typedef void spent_line_fn(void *owner, struct span line);
/* The file was rewritten: forget what was read, all of it comes anew. */
typedef void spent_anew_fn(void *owner);

MUST_CHECK struct spent_file *spent_file_open(const char *path, spent_line_fn *line,
                                              spent_anew_fn *anew, void *owner,
                                              struct buf *why);
void spent_file_close(struct spent_file **file);

/* Alone with the file, and up to date with it; false: it cannot be read. */
MUST_CHECK bool spent_file_lock(struct spent_file *file);
void spent_file_unlock(struct spent_file *file);
/* Reads what others appended, without the lock.  Costs one fstat() when that is nothing. */
MUST_CHECK bool spent_file_read(struct spent_file *file);
/* With the lock: adds one line, which counts as read.  False: not written, and nothing will be
 * any more. */
MUST_CHECK bool spent_file_add(struct spent_file *file, struct span line);
/* With the lock: puts `lines` (as spent_file_format() made them) in place of the file. */
void spent_file_rewrite(struct spent_file *file, struct span lines);
void spent_file_format(struct buf *to, struct span line);
size_t spent_file_size(const struct spent_file *file);
int spent_file_fd(const struct spent_file *file);

#endif
