/* What every client command shares: where the admin endpoint is, who asks, what went wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CLIENT_H
#define APP_CLIENT_H

#include <jansson.h>

#include "lib/base/buf.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_ERROR = 1,
	EXIT_USAGE = 2,
	EXIT_REFUSED = 3, /* refused or denied */
	EXIT_PENDING = 4,
	EXIT_EXPIRED = 5,
};

struct client {
	const char *admin;        /* --admin, COUNTERSIGN_ADMIN, or the default */
	const char *admin_from;   /* where that was said, for messages */
	char *token;              /* NULL: none; wiped by client_clear() */
	char token_from[256];
	const char *token_file;   /* --token-file */
	bool is_json;             /* --output json */
	bool is_colored;          /* a terminal, and no NO_COLOR */
};

/* Reads the environment and the token file.  False: it was said on standard error. */
MUST_CHECK bool client_open(struct client *c);
void client_clear(struct client *c);

struct client_answer {
	int status;
	json_t *body; /* NULL when it is not JSON; the taker drops it */
};
/* `body` may be NULL; its reference is taken.  False: no answer, and it was said. */
MUST_CHECK bool client_ask(const struct client *c, const char *method, const char *path,
                           json_t *body, struct client_answer *ret);
/* Says what the answer means on standard error; returns the exit code for it. */
enum exit_code client_explain(const struct client *c, const struct client_answer *answer);

/* Says on standard error what is wrong with the arguments, then how it is called. */
int client_usage(const char *usage, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same for what getopt_long() gave as '?' or ':' with opterr 0. */
int client_usage_option(const char *usage, int option, char *const *argv);
/* The value of --output; EXIT_OK, or it was said. */
int client_output(const char *usage, const char *value, bool *ret_is_json);
/* One wording for commands that a later release brings; returns the exit code. */
int client_not_supported(const char *command);

/* Text of others on a terminal: see visible_add(). */
void client_print(struct span text);

#endif
