/* Writes HTML: our own markup is literals, everything else is text and is escaped. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_HTML_H
#define ADMIN_HTML_H

#include "lib/base/buf.h"

struct html {
	struct buf *out;
};

/* Markup of ours.  Joining empty literals to it is an error for anything but a literal,
 * so that no data can come in this way. */
#define HTML(h, literal) html_markup((h), SPAN("" literal ""))
void html_markup(struct html *h, struct span markup);

/* Text of any origin, in one line; what is not printable ASCII is named and marked. */
void html_text(struct html *h, struct span text);
void html_cstr(struct html *h, const char *text);
void html_number(struct html *h, uint64_t number);
/* The same, where a line feed is marked and also breaks the line. */
void html_lines(struct html *h, struct span text);

/* For lists: what takes at most `width` characters, then how many bytes there are more. */
void html_short(struct html *h, struct span text, size_t width);

/* ` name="value"`, inside a tag; `name` is a literal of ours. */
#define HTML_ATTR(h, name, value) html_attribute((h), SPAN("" name ""), (value))
void html_attribute(struct html *h, struct span name, struct span value);

#endif
