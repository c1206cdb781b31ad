/* Routes for those who run it: whoami, health, readiness, metrics. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_OPERATION_H
#define ADMIN_OPERATION_H

#include "admin/call.h"

void operation_whoami(struct admin_call *c);
void operation_health(struct admin_call *c);
void operation_readiness(struct admin_call *c);
/* Answered when the configuration was read again. */
void operation_reload(struct admin_call *c);
void operation_metrics(struct admin_call *c);

void operation_register_metrics(struct admin *a);

#endif
