/* A file, line by line. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_LINE_READER_H
#define AUDIT_LINE_READER_H

#include "lib/base/buf.h"

struct line_reader {
	int fd;          /* borrowed, read with pread() */
	uint64_t at;     /* offset of the next line */
	struct buf block;
	size_t used;
	bool is_at_end;
};

struct read_line {
	struct span text; /* without its line feed; borrowed until the next line */
	uint64_t at;
	bool is_whole;    /* ended by a line feed; only the last may not be */
};

void line_reader_init(struct line_reader *r, int fd, uint64_t from);
void line_reader_clear(struct line_reader *r);
/* False at the end.  A line over a mebibyte, which is none of ours, comes in pieces. */
MUST_CHECK bool line_reader_next(struct line_reader *r, struct read_line *ret);

/* Calls `fn` with every whole line from offset `from` on; returns the offset behind them. */
typedef void line_fn(void *owner, struct span line);
uint64_t each_line(int fd, uint64_t from, line_fn *fn, void *owner);

#endif
