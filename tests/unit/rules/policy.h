/* What the tests of this room share: policies from text, requests from words. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_RULES_POLICY_H
#define TESTS_RULES_POLICY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka needs the three above. */
#include <cmocka.h>

#include "lib/base/document.h"
#include "rules/load.h"

enum { COMPLAINTS_TEXT_MAX = 1 << 20 };

/* A map with `rules`, and if need be `otherwise` and `defaults`. */
static inline struct ruleset *
policy_read(const char *text, struct complaints *why)
{
	struct document *doc = document_read("policy", span_cstr(text), why);
	const struct node *root = doc ? document_root(doc) : NULL;
	const struct node *otherwise = root ? node_find(root, SPAN("otherwise")) : NULL;
	bool allows = otherwise && span_eq(otherwise->text, SPAN("allow"));
	struct ruleset *rules = NULL;

	if (root && complaints_errors(why) == 0)
		rules = ruleset_load(node_find(root, SPAN("rules")),
		                     node_find(root, SPAN("defaults")),
		                     allows ? VERDICT_ALLOW : VERDICT_DENY, why);
	document_free(doc);
	return rules;
}

/* Fails the test, and shows why, when the policy is not good. */
static inline struct ruleset *
policy_get(const char *text)
{
	struct complaints *why = complaints_new();
	struct ruleset *rules = policy_read(text, why);
	struct buf said = BUF_INIT(COMPLAINTS_TEXT_MAX);

	complaints_text(why, &said);
	if (!rules)
		print_error("%s\n", buf_cstr(&said));
	buf_clear(&said);
	complaints_free(why);
	assert_non_null(rules);
	return rules;
}

/* A request as little as rules look at. */
struct asked {
	struct request request;
	struct person person;
	struct subject subject;
};

/* `user` NULL: nobody is named.  One group, or NULL. */
static inline void
ask(struct asked *a, const char *method, const char *path, const char *user,
    const struct span *group)
{
	*a = (struct asked){.request = {.path = span_cstr(path), .host = SPAN("a.example")}};
	assert_true(method_read(span_cstr(method), &a->request.method));
	a->request.is_asterisk = span_eq(a->request.path, SPAN("*"));
	a->person.user = span_cstr(user);
	a->person.source = user ? IDENTITY_TOKEN : IDENTITY_NONE;
	a->person.groups = group;
	a->person.group_count = group ? 1 : 0;
	a->subject.request = &a->request;
	a->subject.requester = &a->person;
}

static inline struct verdict
judge(const struct ruleset *rules, const char *method, const char *path, const char *user,
      const struct span *group)
{
	struct verdict verdict;
	struct asked a;

	ask(&a, method, path, user, group);
	ruleset_judge(rules, &a.subject, &verdict);
	return verdict;
}

static inline void
expect_span(struct span is, struct span wanted)
{
	if (!span_eq(is, wanted))
		fail_msg("is \"%.*s\", wanted \"%.*s\"", SPAN_ARG(is), SPAN_ARG(wanted));
}

#endif
