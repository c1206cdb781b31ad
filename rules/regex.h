/* Regular expressions that cannot run away: whole match, bounded work, a third answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_REGEX_H
#define RULES_REGEX_H

#include "lib/base/span.h"
#include "rules/truth.h"

struct regex;

enum { REGEX_BUCKETS = 256 };

/* Owns every expression of one ruleset; equal ones are one.  Zeroed is empty. */
struct regexes {
	struct regex *buckets[REGEX_BUCKETS];
};

void regexes_clear(struct regexes *all);

/* What is wrong with a text somebody wrote, and at which of its bytes. */
struct flaw {
	size_t offset;
	char text[192];
};

void flaw_set(struct flaw *flaw, size_t offset, const char *format, ...) PRINTF_LIKE(3, 4);

enum regex_use {
	REGEX_PATH,   /* over bytes, as they stand in a canonical path */
	REGEX_REASON, /* over UTF-8, which people write */
};

/*
 * Anchored at both ends; `$` is the very end.  Plain groups do not capture, named ones do,
 * so there are no back references by number.  NULL, and the flaw.
 */
MUST_CHECK struct regex *regex_get(struct regexes *owner, struct span pattern,
                                   enum regex_use use, struct flaw *ret_flaw);
/* Compiles the caseless twin that regex_test_caseless() needs. */
void regex_widen(struct regex *r);

/* Cannot tell when the engine gave up: a limit was passed, or the text is not what it takes.
 * No memory is allocated. */
enum truth regex_test(const struct regex *r, struct span text);
enum truth regex_test_caseless(const struct regex *r, struct span text);

struct span regex_pattern(const struct regex *r);
bool regex_has_group(const struct regex *r, struct span name);
/* What a named group caught in a text that the expression, or its twin, matches. */
MUST_CHECK bool regex_capture(const struct regex *r, struct span text, struct span name,
                              struct span *ret);

#endif
