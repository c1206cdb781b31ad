/* The key `bind` of an approval. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_LOAD_BIND_H
#define RULES_LOAD_BIND_H

#include "lib/base/schema.h"
#include "rules/bind.h"

/* The reader of the key: `to` is a struct bind.  The reader's owner is the ruleset. */
void read_bind(struct reader *r, const struct node *n, void *to);

extern const struct schema bind_schema;

#endif
