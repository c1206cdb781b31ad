/* countersign check: whether a configuration can be used, and all that is wrong with it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CHECK_H
#define APP_CHECK_H

/* argv[0] is "check".  Returns the exit code: 0 usable, with warnings too; 1 not; 2 usage. */
int command_check(int argc, char **argv);

#endif
