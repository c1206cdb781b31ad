/* Requests with the answers a policy should give them: a file beside the policy. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CASES_H
#define APP_CASES_H

#include "app/trial.h"

/* What a case expects; what is left out is not looked at. */
struct expectation {
	int outcome;          /* enum trial_outcome; -1: left out */
	struct span rule;     /* which names the verdict */
	struct span problem;  /* the name in the problem's type */
	uint64_t status;
	struct strings from;  /* the groups that are asked, in any order */
	bool has_from;
	struct span title;
	int would;            /* enum trial_outcome, of rules that are observed; -1: left out */
};

struct one_case {
	struct span name;
	struct trial_request request;
	struct expectation expect;
	const struct node *at; /* for messages */
};

struct cases {
	struct arena arena;
	struct document *document;
	struct one_case *at;
	size_t count;
};

/* Who is named by `as: alice` has the groups that identity.tokens gives.  False: all that is
 * wrong was complained of.  To be cleared in any case. */
MUST_CHECK bool cases_read(struct cases *ret, const char *path, const struct config *config,
                           struct complaints *why);
void cases_clear(struct cases *c);

/* A person by name, with the groups that identity.tokens gives; false: there is no such token. */
MUST_CHECK bool cases_find_person(const struct config *config, struct span user,
                                  struct person *ret);

#endif
