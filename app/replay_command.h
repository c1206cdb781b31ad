/* countersign replay: what another policy would have said of recorded calls. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_REPLAY_COMMAND_H
#define APP_REPLAY_COMMAND_H

int command_replay(int argc, char **argv);

#endif
