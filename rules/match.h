/* What a rule looks for: alternatives of a path, and conditions that must all hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_MATCH_H
#define RULES_MATCH_H

#include "rules/condition.h"
#include "rules/methods.h"
#include "rules/pattern.h"

/* All of: a method, a path, every condition.  Memory belongs to the ruleset. */
struct match {
	struct condition *conditions; /* in order of kind: outer ones, of the head, of the body */
	size_t outer_count;           /* up to here, less one: looked at first */
	size_t head_count;            /* outer ones, and query and headers */
	size_t condition_count;
	struct path_pattern *paths;   /* any of these */
	size_t path_count;
	bool has_paths;               /* an empty list matches nothing, no list everything */
	unsigned methods;             /* a bit per enum method */
};

struct finding {
	enum truth truth;
	enum truth head_truth; /* of all but what is asked of the body */
	bool lacks_name;       /* it cannot be told because the requester has no name, and a name
	                        * would be of use */
	bool needs_body;
	bool asks_form;
	enum fault head_fault; /* a name of query or headers has two readings */
	enum fault body_fault; /* the same of the body */
};

enum truth match_paths(const struct match *m, const struct path *path, bool is_wide);
/* Everything but method and path, for which `so_far` stands; `subject->body` as far as it is
 * known: what is asked of one that is not cannot be told. */
struct finding match_conditions(const struct match *m, const struct subject *subject,
                                enum truth so_far);
/* All of it. */
struct finding match_test(const struct match *m, const struct subject *subject,
                          const struct path *path, bool is_wide);

#endif
