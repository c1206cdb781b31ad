/* Everything that is wrong with the files people wrote, collected in one run. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_COMPLAINT_H
#define BASE_COMPLAINT_H

#include "lib/base/buf.h"
#include "lib/base/node.h"

/*
 * Complaints copy what they need: they may outlive the documents they speak of.
 * `expected` completes "expected ..." and may be NULL; `nearest` completes
 * `did you mean "..."?` and may be NULL.
 */
struct complaints;

struct complaints *complaints_new(void);
void complaints_free(struct complaints *all);

/* Errors.  At the value of a node. */
void complain(struct complaints *all, const struct node *at, const char *expected,
              const char *format, ...) PRINTF_LIKE(4, 5);
/* At a byte of a scalar's text, where the manuscript allows to tell. */
void complain_within(struct complaints *all, const struct node *at, size_t offset,
                     const char *format, ...) PRINTF_LIKE(4, 5);
/* At the key of a member. */
void complain_key(struct complaints *all, const struct node *at, const char *nearest,
                  const char *format, ...) PRINTF_LIKE(4, 5);
/* At a value that is one word of a list. */
void complain_word(struct complaints *all, const struct node *at, const char *expected,
                   const char *nearest);
/* At a place of a file that has no node yet. */
void complain_mark(struct complaints *all, const struct manuscript *manuscript, struct mark mark,
                   const char *format, ...) PRINTF_LIKE(4, 5);
/* About a whole file. */
void complain_file(struct complaints *all, const char *file, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* Something that works, but hardly as meant; at the value of a node. */
void complain_warning(struct complaints *all, const struct node *at, const char *format, ...)
	PRINTF_LIKE(3, 4);

size_t complaints_errors(const struct complaints *all);
size_t complaints_warnings(const struct complaints *all);

/*
 * In order of files and lines.  As text: `file:line:column: error: path: what; expected
 * ...; did you mean "..."?`, the line and a caret.  As JSON: an array of objects.
 */
void complaints_text(struct complaints *all, struct buf *to);
void complaints_json(struct complaints *all, struct buf *to);

#endif
