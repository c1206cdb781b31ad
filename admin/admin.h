/* The approver's door: REST under /api/v1, the web page, health and metrics. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include "admin/parts.h"
#include "lib/net/listener.h"

/* Connections it takes at a time, in all and from one address; what comes beyond is closed.
 * Apart from those of callers: neither takes the other's descriptors. */
enum { ADMIN_CONNECTIONS = 96, ADMIN_CONNECTIONS_PER_ADDRESS = 64 };

struct admin;
struct admin *admin_new(struct loop *loop, const struct admin_settings *settings,
                        const struct admin_parts *parts);
/* From now on requests are admitted and answered by these settings; those under way keep what
 * they came under.  On the endpoint's own thread. */
void admin_adopt(struct admin *a, const struct admin_settings *settings);
/* Takes the listener over; may be called for several. */
void admin_listen(struct admin *a, struct listener *listener);
/* No new connections; requests that are here are answered. */
void admin_drain(struct admin *a);
/* Sessions and login links end with it. */
void admin_free(struct admin *a);

#endif
