/* Writes HTML. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/html.h"

#include "admin/visible.h"

void
html_markup(struct html *h, struct span markup)
{
	buf_add(h->out, markup);
}

static struct span
entity_of(char c)
{
	switch (c) {
	case '&':
		return SPAN("&amp;");
	case '<':
		return SPAN("&lt;");
	case '>':
		return SPAN("&gt;");
	case '"':
		return SPAN("&quot;");
	case '\'':
		return SPAN("&#39;");
	default:
		return SPAN_NONE;
	}
}

static void
add_plain(struct buf *to, struct span plain)
{
	for (size_t i = 0; i < plain.len; i++) {
		struct span entity = entity_of(plain.ptr[i]);

		if (entity.len)
			buf_add(to, entity);
		else
			buf_addc(to, plain.ptr[i]);
	}
}

static void
add_mark(struct html *h, struct span name)
{
	HTML(h, "<span class=\"mark\">");
	add_plain(h->out, name);
	HTML(h, "</span>");
}

static void
add_text(struct html *h, struct span text, bool breaks)
{
	struct visible piece;

	while (visible_next(&text, &piece)) {
		if (piece.kind == VISIBLE_PLAIN) {
			add_plain(h->out, piece.text);
			continue;
		}
		add_mark(h, piece.text);
		if (breaks && piece.kind == VISIBLE_NEWLINE)
			HTML(h, "\n");
	}
}

void
html_text(struct html *h, struct span text)
{
	add_text(h, text, false);
}

void
html_cstr(struct html *h, const char *text)
{
	add_text(h, span_cstr(text), false);
}

void
html_lines(struct html *h, struct span text)
{
	add_text(h, text, true);
}

void
html_short(struct html *h, struct span text, size_t width)
{
	size_t fits = visible_fit(text, width);

	html_text(h, span_of(text.ptr, fits));
	if (fits == text.len)
		return;
	HTML(h, "<span class=\"mark\">[+");
	html_number(h, text.len - fits);
	HTML(h, "]</span>");
}

void
html_number(struct html *h, uint64_t number)
{
	buf_add_u64(h->out, number);
}

void
html_attribute(struct html *h, struct span name, struct span value)
{
	struct visible piece;

	buf_addc(h->out, ' ');
	buf_add(h->out, name);
	HTML(h, "=\"");
	while (visible_next(&value, &piece))
		add_plain(h->out, piece.text);
	buf_addc(h->out, '"');
}
