/* Names and values of a form or a query: application/x-www-form-urlencoded, strictly. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_FORM_H
#define ADMIN_FORM_H

#include "lib/base/arena.h"
#include "lib/base/span.h"

enum { FORM_FIELDS_MAX = 16 };

struct form {
	size_t count;
	struct form_field {
		struct span name, value; /* into the arena */
	} fields[FORM_FIELDS_MAX];
};

/* False: a bad escape, a name twice, bytes that are not UTF-8 or a NUL, too many fields. */
MUST_CHECK bool form_read(struct span text, struct arena *arena, struct form *ret);
/* The empty span when there is none. */
struct span form_value(const struct form *form, struct span name);
bool form_has(const struct form *form, struct span name);
/* No names but these. */
bool form_has_only(const struct form *form, const struct span *names, size_t count);

#endif
