/* The key `approval` of a rule, and of a site's `defaults`. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_LOAD_APPROVAL_H
#define RULES_LOAD_APPROVAL_H

#include "lib/base/schema.h"
#include "rules/regex.h"
#include "rules/verdict.h"

/* What an `approval` says, as it is read: a rule's own keys over the site's over ours. */
struct approval_text {
	struct {
		struct span group; /* empty: nobody was named yet */
		uint64_t count;
	} from;
	int mode;              /* whether it rejects */
	int64_t hold_for_us, expires_us, valid_for_us;
	uint64_t uses;
	struct bind bind;
	struct {
		enum reason_mode mode;
		struct regex *pattern;
	} reason;
	int keeps_on_disconnect;
	int pending_status;
};

/* The reader's owner is the ruleset. */
extern const struct schema approval_schema;

/* `rule` is who asks; its pattern must be set.  Sets `effect` too. */
struct requirement approval_compile(const struct approval_text *text,
                                    const struct rule *rule);

#endif
