/* Routes over approvals: list, show, withdraw. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_APPROVALS_API_H
#define ADMIN_APPROVALS_API_H

#include "admin/call.h"

void approvals_api_list(struct admin_call *c);
void approvals_api_show(struct admin_call *c);
void approvals_api_cancel(struct admin_call *c);

/* `state` of a query: any state, or "all" (APPROVAL_STATE_COUNT); left out: `otherwise`. */
MUST_CHECK bool approvals_read_state(const struct form *query, enum approval_state otherwise,
                                     enum approval_state *ret);

#endif
