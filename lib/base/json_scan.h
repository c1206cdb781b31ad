/* JSON that has one reading only, and what stands at the pointers of a set. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include "lib/base/arena.h"
#include "lib/base/json.h"
#include "lib/base/pointer_set.h"

/* Containers within each other; values of any kind in one document. */
enum { JSON_DEPTH_MAX = 32, JSON_NODES_MAX = 10000 };

/*
 * Strictly RFC 8259 in UTF-8, and every refusal above; `facts` has room for one fact per
 * pointer of `set`, written only when there is no flaw.  Both may be NULL.  Facts borrow
 * the document and the arena.  JSON_FLAW_DUPLICATE is a document with two readings, every
 * other flaw one with none.
 */
MUST_CHECK enum json_flaw json_scan(struct span document, const struct pointer_set *set,
                                    struct json_fact *facts, struct arena *arena);

/* The same without facts; where the flaw is, for people. */
MUST_CHECK enum json_flaw json_check(struct span document, size_t *ret_at);

/* A sentence without a full stop: "an object names a member twice". */
const char *json_flaw_sentence(enum json_flaw flaw);

#endif
