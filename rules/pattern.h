/* One alternative of a path that a rule looks for. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H

#include "rules/template.h"

/* A template, or an expression over the whole path. */
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
/* Whether it catches anything in this path: not if it only matches a variant of it that is
 * spelled otherwise. */
bool path_pattern_catches(const struct path_pattern *p, const struct path *path);
MUST_CHECK bool path_pattern_capture(const struct path_pattern *p, const struct path *path,
                                     struct span name, struct span *ret);
/* What to put into `prefix` for an expression; a part of it, or "/". */
struct span path_pattern_prefix(struct span regex);

#endif
