/* Path templates: literal segments, {variables}, and "**" for the rest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_TEMPLATE_H
#define RULES_TEMPLATE_H

#include "lib/base/arena.h"
#include "rules/path.h"
#include "rules/regex.h"

struct template_segment {
	struct span text;     /* of a literal, in canonical form; else the variable's name */
	struct regex *regex;  /* of a typed variable; borrowed from the ruleset's */
	bool is_variable;     /* "*" is one without a name */
};

/* A value; its spans and segments belong to the arena and the text it was read from. */
struct template {
	struct span text;
	struct template_segment *segments;
	size_t count;
	bool ends_with_slash;
	bool takes_rest;      /* ends in "**" */
};

/* Refuses what no canonical path can equal, and says how to write it.  `text` is borrowed. */
MUST_CHECK bool template_read(struct span text, struct arena *arena, struct regexes *regexes,
                              struct template *ret, struct flaw *ret_flaw);
/* Readies typed variables for wide tests. */
void template_widen(struct template *t);

/* True for an exact match.  A wide test cannot tell of variants (path.h) and of paths that
 * would match with the slash at their end toggled; a narrow one says false to them. */
enum truth template_test(const struct template *t, const struct path *path, bool is_wide);

bool template_has_variable(const struct template *t, struct span name);
/* The segment that the variable stands for in a path that the template matches. */
MUST_CHECK bool template_capture(const struct template *t, const struct path *path,
                                 struct span name, struct span *ret);

#endif
