/* countersign test: whether a policy says what the cases beside it expect. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_TEST_COMMAND_H
#define APP_TEST_COMMAND_H

int command_test(int argc, char **argv);

#endif
