/* The bytes of a file people write, by lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MANUSCRIPT_H
#define BASE_MANUSCRIPT_H

#include "lib/base/buf.h"

/* Counted from 1; columns in code points, as editors show them. */
struct mark {
	uint32_t line;
	uint32_t column;
};

struct manuscript;

/* Copies the name and takes the bytes over. */
struct manuscript *manuscript_new(const char *name, struct buf *bytes);
void manuscript_free(struct manuscript *manuscript);

const char *manuscript_name(const struct manuscript *manuscript);
/* Without a byte order mark. */
struct span manuscript_bytes(const struct manuscript *manuscript);
uint32_t manuscript_line_count(const struct manuscript *manuscript);
/* A line, from 1, without its line break; empty past the end. */
struct span manuscript_line(const struct manuscript *manuscript, uint32_t line);

#endif
