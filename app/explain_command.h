/* countersign explain: which rule, why, who is asked and what they would sign. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_EXPLAIN_COMMAND_H
#define APP_EXPLAIN_COMMAND_H

int command_explain(int argc, char **argv);

#endif
