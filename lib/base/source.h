/* The bytes of a file people write, by lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include "lib/base/buf.h"

/* Counted from 1; columns in code points, as editors show them. */
struct mark {
	uint32_t line;
	uint32_t column;
};

struct source;

/* Copies the name and takes the bytes over. */
struct source *source_new(const char *name, struct buf *bytes);
void source_free(struct source *source);

const char *source_name(const struct source *source);
/* Without a byte order mark. */
struct span source_bytes(const struct source *source);
uint32_t source_line_count(const struct source *source);
/* A line, from 1, without its line break; empty past the end. */
struct span source_line(const struct source *source, uint32_t line);

#endif
