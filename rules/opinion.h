/* What one rule says to one request, whatever the others say. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_OPINION_H
#define RULES_OPINION_H

#include "rules/rule.h"

struct opinion {
	struct finding match;
	struct finding except; /* false where there is none, or where it was not looked at */
	bool applies;          /* means nothing when the body is needed and could not be read */
	bool lacks_name;       /* a name might change that */
	bool needs_body;
	bool asks_form;        /* a body that is a form will do */
	bool binds_json;       /* only one that is JSON will do */
	enum fault head_fault; /* the first of the rule, in the order of docs/rules.md */
	enum fault body_fault;
};

/* `method_and_path` is what is known of these two.  `subject->body` is facts that say
 * "absent" where body_is_absent(). */
void opinion_form(struct opinion *o, const struct rule *rule, const struct subject *subject,
                  const struct path *path, enum truth method_and_path);

/* The same with facts that say "absent" where there can be no body. */
struct subject subject_known(const struct subject *subject);

#endif
