/* countersign keys ...: which keys this installation signs with, and their public halves. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_KEYS_COMMANDS_H
#define APP_KEYS_COMMANDS_H

/* argv[0] is "keys".  Returns the exit code. */
int command_keys(int argc, char **argv);

#endif
