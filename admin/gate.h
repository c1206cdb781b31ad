/* Who asks at the admin endpoint, and whether the request is their own doing. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_GATE_H
#define ADMIN_GATE_H

#include "admin/call.h"

/* Whether Accept names text/html: as a browser's does that shows the answer to a person. */
bool gate_wants_page(const struct head *head);
/* Whether the endpoint goes by the host that is asked for; false: it was answered. */
MUST_CHECK bool gate_takes_host(struct admin_call *c);
/* Reads token, cookie and where the request came from; the head is borrowed. */
void gate_read(struct admin_call *c, const struct head *head);
/* Whether the route may run for them; false: it was answered. */
MUST_CHECK bool gate_admits(struct admin_call *c);

/* Counted, and recorded unless too many fail at once. */
void gate_note_failure(struct admin_call *c, const char *what);
/* Opens a session for the token, sets its cookie, records the login. */
void gate_log_in(struct admin_call *c, const struct digest *token, const char *how);
/* Ends the session and takes the cookie back. */
void gate_log_out(struct admin_call *c);

#endif
