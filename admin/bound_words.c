/* What of a request is signed and what is not, in words for people. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/bound_words.h"

#include "admin/page_json.h"

enum { SCRATCH_MAX = 64 * 1024 };

bool
bound_words_are_needed(const json_t *bind)
{
	return json_is_array(bind) || json_is_object(bind);
}

/* "query:force" is "query force". */
static void
add_part(struct buf *to, const json_t *part)
{
	struct buf scratch = BUF_INIT(SCRATCH_MAX);
	struct span text;

	if (json_bytes(part, &scratch, &text)) {
		size_t colon = span_find(text, ':');

		buf_add(to, span_of(text.ptr, colon));
		if (colon < text.len) {
			buf_addc(to, ' ');
			buf_add(to, span_from(text, colon + 1));
		}
	}
	buf_clear(&scratch);
}

static bool
is_path(const json_t *part)
{
	return json_is_string(part) && strcmp(json_string_value(part), "path") == 0;
}

static void
add_parts(struct buf *to, const json_t *parts)
{
	for (size_t i = 0; i < json_array_size(parts); i++) {
		if (is_path(json_array_get(parts, i)))
			continue;
		if (to->len)
			buf_add(to, SPAN(", "));
		add_part(to, json_array_get(parts, i));
	}
}

void
bound_words_signed(const json_t *bind, struct buf *to)
{
	if (!json_is_array(bind)) {
		buf_add(to, SPAN("everything else"));
		return;
	}
	/* What every binding has. */
	buf_add(to, SPAN("method, host, path"));
	add_parts(to, bind);
}

void
bound_words_unsigned(const json_t *bind, struct buf *to)
{
	if (json_is_array(bind))
		buf_add(to, SPAN("everything else"));
	else
		add_parts(to, json_object_get(bind, "exact_except"));
}
