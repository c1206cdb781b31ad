/* Strings of JSON: where they end, that they have one reading, and what they say. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_STRING_H
#define BASE_JSON_STRING_H

#include "lib/base/arena.h"
#include "lib/base/json.h"
#include "lib/base/word.h"

/* The bytes between the quotes. */
struct json_string {
	struct span inside;
	bool has_escape;
};

/* To the first byte that is not plain: a quote, an escape, a control, or not ASCII. */
static inline const char *
json_string_plain(const char *at, const char *end)
{
	while ((size_t)(end - at) >= sizeof(uint64_t)) {
		uint64_t word = word_load(at);
		uint64_t marks = word_marks(word | word_mark_below(word, 0x20) |
		                            word_mark_equal(word, '"') |
		                            word_mark_equal(word, '\\'));

		if (marks)
			return at + word_first(marks);
		at += sizeof(uint64_t);
	}
	while (at < end && *at >= 0x20 && *at != '"' && *at != '\\')
		at++;
	return at;
}

/* The same as below, from the first byte that is not plain. */
enum json_flaw json_string_rest(const char **at, const char *end, struct json_string *ret);

/* `*at` stands behind the opening quote, and is moved behind the closing one; at a flaw
 * it stays there. */
static inline enum json_flaw
json_string_read(const char **at, const char *end, struct json_string *ret)
{
	const char *start = *at, *stop = json_string_plain(start, end);

	*at = stop;
	ret->inside = span_of(start, (size_t)(stop - start));
	ret->has_escape = false;
	if (UNLIKELY(stop == end || *stop != '"'))
		return json_string_rest(at, end, ret);
	*at = stop + 1;
	return JSON_FLAW_NONE;
}

/* Unescaped; borrows `inside` when nothing is escaped there.  Only what was read above. */
struct span json_string_decode(struct span inside, struct arena *arena);

#endif
