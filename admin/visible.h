/* Bytes that others chose, as a person is shown them: nothing hidden, nothing that acts. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_VISIBLE_H
#define ADMIN_VISIBLE_H

#include "lib/base/buf.h"

/*
 * Printable ASCII stays; everything else is named: "\n", "\u{202e}" for a code point,
 * "\x{ff}" for a byte that is not UTF-8.  So no direction mark, invisible or look-alike
 * character and no terminal sequence can make one text look like another.
 */
enum visible_kind {
	VISIBLE_PLAIN,   /* `text` is printable ASCII */
	VISIBLE_ESCAPE,  /* `text` names one character */
	VISIBLE_NEWLINE, /* the same, for a line feed */
};

struct visible {
	enum visible_kind kind;
	struct span text; /* into the input, or into `name` */
	char name[16];
};

/* Takes the next piece off `rest`; false at its end. */
MUST_CHECK bool visible_next(struct span *rest, struct visible *ret);

/* How many of the bytes take at most `width` characters, none of them named by half; a
 * backslash counts twice, as visible_add() writes it. */
size_t visible_fit(struct span bytes, size_t width);

/* For terminals, where a mark cannot be told from text: a backslash is doubled. */
void visible_add(struct buf *to, struct span bytes);
/* What fits into `width`, which is over 8, then how many bytes there are more:
 * "/admin/users/aaaa[+2987]". */
void visible_add_short(struct buf *to, struct span bytes, size_t width);

#endif
