/* Routes that decide: by JSON, and by the form of the page. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_DECIDE_H
#define ADMIN_DECIDE_H

#include "admin/call.h"

/* Bytes of a reason: with every byte escaped it still fits into a record. */
enum { REASON_MAX = 1024 };

void decide_by_json(struct admin_call *c);
void decide_by_form(struct admin_call *c);

#endif
