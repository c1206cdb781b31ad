/* The part of JSON Schema that json_schema.c writes, and no more: for tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_APP_SCHEMA_CHECK_H
#define TESTS_UNIT_APP_SCHEMA_CHECK_H

#include <jansson.h>

#include "lib/base/node.h"

/* A file people write as an editor sees it. */
json_t *schema_value(const struct node *n);

/* Fails the test on a keyword that it does not know. */
bool schema_allows(const json_t *root, const json_t *schema, const json_t *value);

#endif
