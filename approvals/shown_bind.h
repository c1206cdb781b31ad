/* What is bound, as people are told it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SHOWN_BIND_H
#define APPROVALS_SHOWN_BIND_H

#include "approvals/sealed.h"
#include "rules/bind.h"

/* As it is written in a policy: "exact", {"exact_except": ["body:/id"]} or a list. */
json_t *shown_bind_json(const struct bind *bind);
/* Spans and parts of it live in `value` and the arena. */
MUST_CHECK bool shown_bind_read(const struct bind **ret, const json_t *value,
                                struct arena *arena);

#endif
