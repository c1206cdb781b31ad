/* countersign token: makes a token and the line of configuration that knows it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_TOKEN_H
#define APP_TOKEN_H

/* argv[0] is "token".  Returns the exit code. */
int command_token(int argc, char **argv);

#endif
