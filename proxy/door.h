/* What happens at the caller's door: requests, bodies, faults, hang-ups, deadlines. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_DOOR_H
#define PROXY_DOOR_H

#include "proxy/exchange.h"

/* For http_server_new(); its context is the struct proxy. */
extern const struct http_handler door_handler;
/* What exchanges tell upwards. */
extern const struct exchange_hooks door_hooks;

#endif
