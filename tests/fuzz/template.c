/* A template, then a path: the naive reader sees the same match. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/target.h"
#include "rules/template.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/rules/naive.h"

/* The naive reader knows no other types of variables than digits, and takes an escaped
 * star for a star. */
static bool
is_for_naive(struct span text)
{
	bool is_in_braces = false;

	for (size_t at = 0; at < text.len; at++) {
		struct span rest = span_from(text, at);

		is_in_braces |= text.ptr[at] == '{';
		is_in_braces &= text.ptr[at] != '}';
		if (span_starts(rest, SPAN("%2A")))
			return false;
		if (is_in_braces && text.ptr[at] == ':' && !span_starts(rest, SPAN(":[0-9]+}")))
			return false;
	}
	return text.len < NAIVE_TEXT / 2;
}

static void
check_match(struct template *t, struct span text, struct span canonical)
{
	struct naive_match wanted = {.path_count = 1};
	struct naive_caller nobody = {0};
	char path_text[NAIVE_TEXT];
	static struct path path;
	enum truth wide, narrow;

	template_widen(t);
	path_split(&path, canonical);
	wide = template_test(t, &path, true);
	narrow = template_test(t, &path, false);
	must((narrow == TRUTH_TRUE) == (wide == TRUTH_TRUE) && narrow != TRUTH_CANNOT_TELL,
	     "a narrow test and a wide one disagree");
	if (!is_for_naive(text) || canonical.len >= NAIVE_TEXT / 2)
		return;
	snprintf(wanted.paths[0].text, NAIVE_TEXT, "%.*s", SPAN_ARG(text));
	snprintf(path_text, sizeof(path_text), "%.*s", SPAN_ARG(canonical));
	must((int)wide == naive_match_test(&wanted, 0, path_text, &nobody),
	     "the naive reader sees another match");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request_options options = {.keeps_encoded_slash = true, .keeps_matrix = true,
	                                  .keeps_percent25 = true};
	struct span raw = span_of(data, size), text, canonical;
	struct regexes regexes = {0};
	struct arena arena = {0};
	struct template t;
	struct flaw flaw;

	if (!cut_line(&raw, &text) || raw.len == 0 || raw.ptr[0] != '/')
		return 0;
	if (template_read(text, &arena, &regexes, &t, &flaw) &&
	    target_read_path(raw, &options, &arena, &canonical) == FAULT_NONE)
		check_match(&t, text, canonical);
	arena_clear(&arena);
	regexes_clear(&regexes);
	return 0;
}
