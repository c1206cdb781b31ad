/* A second reader of the rules: slow, by the letter of docs/rules.md, and on its own feet. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_RULES_NAIVE_H
#define TESTS_RULES_NAIVE_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

enum { NAIVE_ALTERNATIVES = 3, NAIVE_TEXT = 128, NAIVE_RULES = 48 };

struct naive_path {
	char text[NAIVE_TEXT];
	bool is_regex;
	regex_t exact, caseless;
};

struct naive_match {
	bool has_methods;
	unsigned methods;
	size_t path_count; /* 0: every path */
	struct naive_path paths[NAIVE_ALTERNATIVES];
	const char *user, *group; /* NULL: whoever */
};

struct naive_rule {
	char verdict; /* 'a'llow, 'd'eny, 'g'ate */
	bool has_except;
	struct naive_match match, except;
	const char *from;
	unsigned count, uses;
};

struct naive_caller {
	const char *user; /* NULL: nobody */
	const char *group;
};

/* 0 false, 1 cannot tell, 2 true. */
int naive_match_test(const struct naive_match *m, unsigned method, const char *path,
                     const struct naive_caller *caller);
bool naive_rule_applies(const struct naive_rule *rule, unsigned method, const char *path,
                        const struct naive_caller *caller);

#endif
