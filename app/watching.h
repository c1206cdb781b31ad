/* Following approvals from the outside: lists over all pages, waiting, watching. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_WATCHING_H
#define APP_WATCHING_H

#include "app/client.h"

/* Appends every approval in `state` that the admin endpoint shows, page by page. */
enum exit_code watching_read_list(const struct client *c, const char *state, json_t *to);

/* Looks once per second until it is settled; 0 seconds: without end. */
enum exit_code watching_wait(const struct client *c, const char *id, uint64_t timeout_s);

/* Prints what is pending, then a line whenever an approval is new or has changed, until it
 * is interrupted. */
enum exit_code watching_watch(const struct client *c);

#endif
