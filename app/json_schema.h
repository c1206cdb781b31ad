/* A JSON Schema of the configuration, from the tables that validate it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_JSON_SCHEMA_H
#define APP_JSON_SCHEMA_H

#include <jansson.h>

#include "lib/base/schema.h"

#define JSON_SCHEMA_TITLE "Configuration of Countersign"

/*
 * Draft 2020-12; each object of the tables is one definition.  Editors complete keys and
 * show their help by it; `countersign check` knows more.  The reference is the caller's.
 */
json_t *json_schema_of(const struct schema *root, const char *title);

#endif
