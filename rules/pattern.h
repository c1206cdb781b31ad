/* What a rule looks for: alternatives of a path, and conditions that must all hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H

#include "rules/template.h"
#include "rules/verdict.h"

/* One alternative: a template, or an expression over the whole path. */
struct path_pattern {
	struct regex *regex; /* NULL: the template counts */
	struct template template;
	/* Of an expression: what every path that it matches, or a variant, starts with: whole
	 * segments between slashes, "/api/v1/", or "/". */
	struct span prefix;
};

void path_pattern_widen(struct path_pattern *p);
/* As template_test(): wide tests cannot tell of variants; engine trouble cannot tell. */
enum truth path_pattern_test(const struct path_pattern *p, const struct path *path,
                             bool is_wide);
bool path_pattern_has_capture(const struct path_pattern *p, struct span name);
MUST_CHECK bool path_pattern_capture(const struct path_pattern *p, const struct path *path,
                                     struct span name, struct span *ret);
/* What to put into `prefix` for an expression; a part of it, or "/". */
struct span path_pattern_prefix(struct span regex);

enum condition_kind {
	CONDITION_HOST,  /* "a.example" or "*.example" */
	CONDITION_USER,
	CONDITION_GROUP,
};

/* Any of the values. */
struct condition {
	enum condition_kind kind;
	const struct span *values;
	size_t count;
};

/* `lacks_name`: it cannot be told because the requester has no name, and for nothing else
 * would a name be of use. */
struct finding {
	enum truth truth;
	bool lacks_name;
};

/* All of: a method, a path, every condition.  Memory belongs to the ruleset. */
struct match {
	struct condition *conditions;
	size_t condition_count;
	struct path_pattern *paths; /* any of these */
	size_t path_count;
	bool has_paths;             /* an empty list matches nothing, no list everything */
	unsigned methods;           /* a bit per enum method */
};

#define METHODS_ALL ((1u << METHOD_COUNT) - 1)

static inline unsigned
method_bit(enum method method)
{
	return 1u << method;
}

enum truth match_paths(const struct match *m, const struct path *path, bool is_wide);
/* Everything but method and path, for which `so_far` stands. */
struct finding match_conditions(const struct match *m, const struct subject *subject,
                                enum truth so_far);
/* All of it, as an exception is tested: wide. */
struct finding match_test(const struct match *m, const struct subject *subject,
                          const struct path *path);

#endif
