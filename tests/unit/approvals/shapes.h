/* Requests in a line of a table, and what is bound of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_APPROVALS_SHAPES_H
#define TESTS_UNIT_APPROVALS_SHAPES_H

#include "approvals/binding.h"

/* One request; what is NULL is as in the plain one: POST /a?x=1 by alice with a JSON body. */
struct shape {
	const char *line, *fields, *body, *user, *source, *namespace, *site, *rule, *effect, *host;
	const char *secret;
};

/* Two requests under one bind, as a policy writes it in JSON; NULL: exact. */
struct pair {
	const char *name, *bind;
	struct shape a, b;
	bool is_same;
};

struct shaped {
	struct arena arena;
	char bytes[2048];
	struct head head;
	struct request request;
	struct person person;
	struct digest effect;
	struct bindable bindable;
	struct requirement requirement;
};
void shape_make(struct shaped *ret, const struct shape *s, const char *bind);
void shape_clear(struct shaped *s);

/* Fails the test when it has a fault. */
struct digest shape_digest(const struct shape *s, const char *bind);
enum fault shape_fault(const struct shape *s, const char *bind);

/* Fails the test for each pair that is not what it says. */
void pairs_check(const struct pair *pairs, size_t count);

#endif
