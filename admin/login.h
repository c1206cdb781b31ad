/* Routes that open and end web sessions. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_LOGIN_H
#define ADMIN_LOGIN_H

#include "admin/call.h"

void login_show(struct admin_call *c);
void login_enter(struct admin_call *c);
void login_leave(struct admin_call *c);
/* POST /api/v1/login-links: what `approvals open` asks for. */
void login_make_link(struct admin_call *c);

#endif
