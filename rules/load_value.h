/* Value tests, and the keys of a match that map names to them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_LOAD_VALUE_H
#define RULES_LOAD_VALUE_H

#include "lib/base/schema.h"
#include "rules/condition.h"

/* One condition per name, as they are written. */
struct named_tests {
	struct condition *at;
	size_t count;
};

/* Readers of keys; the reader's owner is the ruleset. */
void read_query(struct reader *r, const struct node *n, void *to);
void read_headers(struct reader *r, const struct node *n, void *to);
void read_body(struct reader *r, const struct node *n, void *to);
void read_form(struct reader *r, const struct node *n, void *to);

/* A test in any of its forms; `to` is a struct value_test. */
void read_value_test(struct reader *r, const struct node *n, void *to);

/* Whether a rule, or what it binds, may name this header; if not, why: "is written anew". */
MUST_CHECK bool header_name_is_good(struct span name, const char **ret_why);

/* For editors; '@' is the schema above. */
#define JSON_SCHEMA_SCALAR "{\"type\": [\"string\", \"number\", \"boolean\"]}"
#define JSON_SCHEMA_VALUE \
	"{\"anyOf\": [" JSON_SCHEMA_SCALAR ", " \
	"{\"type\": \"array\", \"items\": " JSON_SCHEMA_SCALAR "}, @]}"
#define JSON_SCHEMA_VALUES \
	"{\"type\": \"object\", \"additionalProperties\": " JSON_SCHEMA_VALUE "}"
extern const struct schema value_test_schema;

#endif
