/* countersign approvals ...: the client of the admin endpoint for people and scripts. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_APPROVALS_COMMANDS_H
#define APP_APPROVALS_COMMANDS_H

/* argv[0] is "approvals".  Returns the exit code: 0 ok, 1 error, 2 usage, 3 refused or
 * denied, 4 still pending, 5 expired. */
int command_approvals(int argc, char **argv);

#endif
