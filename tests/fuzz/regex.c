/* A pattern, then a text: the same answer as pcre2's interpreter gives. */
/* SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rules/regex.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 512 };

static enum truth
interpret(struct span pattern, struct span text, uint32_t more)
{
	uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY |
	                   PCRE2_NO_AUTO_CAPTURE | more;
	size_t offset;
	int error, found;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &error,
	                                 &offset, NULL);
	pcre2_match_data *data;
	pcre2_match_context *limits = pcre2_match_context_create(NULL);

	must(code && limits, "a pattern is taken that pcre2 refuses");
	pcre2_set_match_limit(limits, 100000);
	pcre2_set_heap_limit(limits, 4096);
	data = pcre2_match_data_create_from_pattern(code, NULL);
	found = pcre2_match(code, (PCRE2_SPTR)text.ptr, text.len, 0, PCRE2_NO_JIT, data, limits);
	pcre2_match_data_free(data);
	pcre2_match_context_free(limits);
	pcre2_code_free(code);
	if (found == PCRE2_ERROR_NOMATCH)
		return TRUTH_FALSE;
	return found < 0 ? TRUTH_CANNOT_TELL : TRUTH_TRUE;
}

/* The JIT counts its limits in another way, so one of both may give up. */
static void
check_same(enum truth ours, enum truth theirs)
{
	must(ours == theirs || ours == TRUTH_CANNOT_TELL || theirs == TRUTH_CANNOT_TELL,
	     "pcre2 sees another match");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size), pattern;
	struct regexes all = {0};
	struct regex *r;
	struct flaw flaw;

	if (size > INPUT_MAX || !cut_line(&text, &pattern))
		return 0;
	r = regex_get(&all, pattern, REGEX_PATH, &flaw);
	if (r) {
		must(r == regex_get(&all, pattern, REGEX_PATH, &flaw), "a pattern is kept twice");
		check_same(regex_test(r, text), interpret(pattern, text, 0));
		regex_widen(r);
		check_same(regex_test_caseless(r, text),
		           interpret(pattern, text, PCRE2_CASELESS));
	}
	regexes_clear(&all);
	return 0;
}
