/* countersign audit ...: proves the trail, or reads it as it grows. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_AUDIT_COMMANDS_H
#define APP_AUDIT_COMMANDS_H

/* argv[0] is "audit".  Returns the exit code; verify: 0 proven to the end, 4 intact but the
 * end is not proven, 1 altered. */
int command_audit(int argc, char **argv);

#endif
