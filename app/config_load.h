/* Makes the configuration of a file. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CONFIG_LOAD_H
#define APP_CONFIG_LOAD_H

#include "app/config.h"
#include "lib/base/complaint.h"

/* The snapshot with one reference; NULL when there is any error.  Complaints tell all,
 * warnings too.  Reads key and secret files, opens no socket, writes nothing. */
MUST_CHECK struct config *config_load(const char *path, struct complaints *why);
/* The same, and warns of places that serve could not write to, unless there are errors. */
MUST_CHECK struct config *config_check(const char *path, struct complaints *why);
/* For who wants to judge by it and no more: resolves no name and opens no secret or key, so
 * that whoever may read the file can use it.  Addresses that have a name stay empty. */
MUST_CHECK struct config *config_load_policy(const char *path, struct complaints *why);
/* As config_load(), for text at hand; relative paths count from the directory of `name`. */
MUST_CHECK struct config *config_read(const char *name, struct span text,
                                      struct complaints *why);

/* For commands: complaints go to standard error. */
MUST_CHECK struct config *config_load_or_say(const char *path);
/* The same, but of one that can be used nothing is said. */
MUST_CHECK struct config *config_load_or_say_why(const char *path);
/* The same by config_load_policy(), without warnings. */
MUST_CHECK struct config *config_policy_or_say(const char *path);

/* The table of the whole file, for the documentation and editors. */
extern const struct schema config_schema;

#endif
