/* Regular expressions that cannot run away. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/memory.h"

/* A limit that ordinary patterns over a path of 8 KiB stay far below, and that a pattern
 * with nested quantifiers reaches within a millisecond or two. */
enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 10000, HEAP_LIMIT_KIB = 1024 };

enum { NAME_MAX_LEN = 32, PATTERN_MAX = 4096 };

struct regex {
	struct regex *next;
	pcre2_code *exact;
	pcre2_code *caseless;
	pcre2_match_context *limits;
	uint32_t options;
	size_t len;
	char pattern[];
};

void
flaw_set(struct flaw *flaw, size_t offset, const char *format, ...)
{
	va_list args;

	flaw->offset = offset;
	va_start(args, format);
	vsnprintf(flaw->text, sizeof(flaw->text), format, args);
	va_end(args);
}

static pcre2_code *
compile(struct span pattern, uint32_t options, int *ret_error, size_t *ret_offset)
{
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, ret_error,
	                                 ret_offset, NULL);

	/* Where there is no JIT the interpreter answers the same, under the same limits. */
	if (code)
		(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

static pcre2_match_context *
new_limits(void)
{
	pcre2_match_context *limits = pcre2_match_context_create(NULL);

	if (!limits)
		memory_exhausted();
	pcre2_set_match_limit(limits, MATCH_LIMIT);
	pcre2_set_depth_limit(limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(limits, HEAP_LIMIT_KIB);
	return limits;
}

static uint32_t
options_for(enum regex_use use)
{
	uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY |
	                   PCRE2_NO_AUTO_CAPTURE | PCRE2_NEVER_BACKSLASH_C;

	switch (use) {
	case REGEX_PATH:
		return options | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
	case REGEX_REASON:
		return options | PCRE2_UTF;
	}
	return options;
}

static bool
pattern_is_good(struct span pattern, struct flaw *ret_flaw)
{
	if (pattern.len == 0 || pattern.len > PATTERN_MAX) {
		flaw_set(ret_flaw, 0, "a regular expression has 1 to %d bytes", PATTERN_MAX);
		return false;
	}
	/* "(*UTF)", "(*LIMIT_MATCH=...)" and the like would change what we promise. */
	if (span_starts(pattern, SPAN("(*"))) {
		flaw_set(ret_flaw, 0, "settings of the engine cannot stand in a pattern");
		return false;
	}
	return true;
}

static struct regex *
add_regex(struct regex **bucket, struct span pattern, uint32_t options, struct flaw *ret_flaw)
{
	size_t offset = 0;
	int error = 0;
	pcre2_code *code = compile(pattern, options, &error, &offset);
	struct regex *r;

	if (!code) {
		PCRE2_UCHAR text[128] = "";

		pcre2_get_error_message(error, text, sizeof(text));
		flaw_set(ret_flaw, offset, "not a regular expression: %s", (const char *)text);
		return NULL;
	}
	r = memory_new(sizeof(*r) + pattern.len);
	*r = (struct regex){.next = *bucket, .exact = code, .limits = new_limits(),
	                    .options = options, .len = pattern.len};
	memcpy(r->pattern, pattern.ptr, pattern.len);
	*bucket = r;
	return r;
}

struct regex *
regex_get(struct regexes *owner, struct span pattern, enum regex_use use,
          struct flaw *ret_flaw)
{
	struct regex **bucket = &owner->buckets[span_hash(pattern, 0) % REGEX_BUCKETS];
	uint32_t options = options_for(use);

	if (!pattern_is_good(pattern, ret_flaw))
		return NULL;
	for (struct regex *r = *bucket; r; r = r->next) {
		if (r->options == options && span_eq(regex_pattern(r), pattern))
			return r;
	}
	return add_regex(bucket, pattern, options, ret_flaw);
}

void
regex_widen(struct regex *r)
{
	size_t offset;
	int error;

	if (!r->caseless)
		r->caseless = compile(regex_pattern(r), r->options | PCRE2_CASELESS, &error,
		                      &offset);
}

static void
free_chain(struct regex *r)
{
	while (r) {
		struct regex *next = r->next;

		pcre2_code_free(r->exact);
		pcre2_code_free(r->caseless);
		pcre2_match_context_free(r->limits);
		free(r);
		r = next;
	}
}

void
regexes_clear(struct regexes *all)
{
	for (size_t i = 0; i < REGEX_BUCKETS; i++)
		free_chain(all->buckets[i]);
	*all = (struct regexes){0};
}

struct span
regex_pattern(const struct regex *r)
{
	return span_of(r->pattern, r->len);
}

/* What the engine notes down during one match lives on the stack of who asks; only its
 * interpreter needs more than this. */
struct scratch {
	size_t used;
	alignas(max_align_t) char bytes[512];
};

static void *
scratch_take(size_t size, void *of)
{
	struct scratch *s = of;
	size_t whole = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	char *at = s->bytes + s->used;

	if (whole > sizeof(s->bytes) - s->used)
		return malloc(size);
	s->used += whole;
	return at;
}

static void
scratch_give(void *ptr, void *of)
{
	const struct scratch *s = of;
	uintptr_t at = (uintptr_t)ptr, bytes = (uintptr_t)s->bytes;

	if (at < bytes || at >= bytes + sizeof(s->bytes))
		free(ptr);
}

static enum truth
test(const struct regex *r, const pcre2_code *code, struct span text)
{
	struct scratch scratch;
	pcre2_general_context *memory;
	pcre2_match_data *data;
	int found;

	scratch.used = 0;
	memory = pcre2_general_context_create(scratch_take, scratch_give, &scratch);
	data = memory ? pcre2_match_data_create(1, memory) : NULL;
	if (!data)
		return TRUTH_CANNOT_TELL;
	found = pcre2_match(code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, 0, 0, data,
	                    r->limits);
	pcre2_match_data_free(data);
	if (found == PCRE2_ERROR_NOMATCH)
		return TRUTH_FALSE;
	return found >= 0 ? TRUTH_TRUE : TRUTH_CANNOT_TELL;
}

enum truth
regex_test(const struct regex *r, struct span text)
{
	return test(r, r->exact, text);
}

enum truth
regex_test_caseless(const struct regex *r, struct span text)
{
	return r->caseless ? test(r, r->caseless, text) : TRUTH_CANNOT_TELL;
}

static int
group_number(const struct regex *r, struct span name)
{
	PCRE2_UCHAR text[NAME_MAX_LEN + 1] = "";

	if (name.len == 0 || name.len > NAME_MAX_LEN)
		return PCRE2_ERROR_NOSUBSTRING;
	memcpy(text, name.ptr, name.len);
	return pcre2_substring_number_from_name(r->exact, text);
}

bool
regex_has_group(const struct regex *r, struct span name)
{
	return group_number(r, name) > 0;
}

static bool
capture(const struct regex *r, const pcre2_code *code, struct span text, size_t group,
        struct span *ret)
{
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
	const size_t *ends;
	bool is_found = false;
	int found;

	if (!data)
		memory_exhausted();
	found = pcre2_match(code, (PCRE2_SPTR)text.ptr, text.len, 0, 0, data, r->limits);
	ends = pcre2_get_ovector_pointer(data);
	if (found > 0 && (size_t)found > group && ends[2 * group] != PCRE2_UNSET) {
		*ret = span_of(text.ptr + ends[2 * group],
		               ends[2 * group + 1] - ends[2 * group]);
		is_found = true;
	}
	pcre2_match_data_free(data);
	return is_found;
}

bool
regex_capture(const struct regex *r, struct span text, struct span name, struct span *ret)
{
	int group = group_number(r, name);

	if (group <= 0)
		return false;
	if (capture(r, r->exact, text, (size_t)group, ret))
		return true;
	return r->caseless && capture(r, r->caseless, text, (size_t)group, ret);
}
