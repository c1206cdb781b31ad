/* What the rules say of one request, and what they ask of people. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_VERDICT_H
#define RULES_VERDICT_H

#include "identity/person.h"
#include "lib/base/clock.h"
#include "lib/base/digest.h"
#include "lib/base/network.h"
#include "lib/http/request.h"
#include "rules/bind.h"

struct body_facts;
struct rule;

/* What a rule may look at.  Everything is borrowed for the time of the call. */
struct subject {
	const struct request *request;
	const struct person *requester;
	struct source source;
	struct wall now;               /* when the request began: waiting changes no verdict */
	const struct body_facts *body; /* NULL: not read */
};

enum verdict_kind { VERDICT_ALLOW, VERDICT_DENY, VERDICT_APPROVAL };

/* One group that must agree, and how many of its people. */
struct need {
	struct span group;
	unsigned count;
};

enum reason_mode { REASON_OPTIONAL, REASON_REQUIRED, REASON_PATTERN };

enum { NEEDS_MAX = 16, REASON_RULES_MAX = 8 };

/*
 * All approval rules that matched, united: every need must be met, the shortest times and
 * fewest uses win, reject beats hold (DESIGN.md 3.2).  Spans belong to the ruleset.
 */
struct requirement {
	struct need needs[NEEDS_MAX]; /* each with distinct people; one person counts once overall */
	size_t need_count;
	bool rejects;        /* mode: reject */
	int64_t hold_for_us;
	int64_t expires_us;  /* how long people have to decide */
	int64_t valid_for_us; /* how long a yes may be used */
	uint64_t uses;
	enum reason_mode reason;
	const struct rule *reason_rule; /* the first whose pattern the reason must match, or NULL */
	const struct rule *reason_rules[REASON_RULES_MAX]; /* all of them */
	size_t reason_rule_count;
	bool keeps_on_disconnect;
	int pending_status;
	struct bind bind;
	struct digest effect; /* of what the rules demand, not of their wording */
};

/* Who needs the body before a verdict can be given. */
enum body_need {
	BODY_NEED_NONE,
	BODY_NEED_OBSERVED, /* only rules that are observed: the verdict stands, `would` may not */
	BODY_NEED_RULES,    /* there is no verdict yet; `kind` is a deny, to be safe */
};

struct verdict {
	enum verdict_kind kind;
	const struct rule *rule; /* which gave the verdict its name; NULL: the site's `otherwise` */
	/* VERDICT_DENY of a caller without a name, who might be let in with one: 401, not 403. */
	bool wants_name;
	/* Not NONE: judge again with subject.body.  NONE whenever that is given. */
	enum body_need needs_body;
	/* Not FAULT_NONE: the request, or its body, cannot be read in one way only; refuse it with
	 * this.  `rule` is whose question it was, and `kind` a deny. */
	enum fault fault;
	/* What rules that are observed would have said, if stricter: deny or approval, by whom. */
	enum verdict_kind would;
	const struct rule *would_rule; /* NULL: nothing stricter */
	enum fault would_fault;        /* a rule that is observed could not read the body */
	struct requirement requirement; /* VERDICT_APPROVAL only */
};

#endif
