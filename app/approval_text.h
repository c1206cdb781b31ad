/* An approval as text for a terminal. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_APPROVAL_TEXT_H
#define APP_APPROVAL_TEXT_H

#include <jansson.h>
#include <stdbool.h>

/* Everything that stands in it, each member on lines of its own; what is not printable
 * ASCII is named. */
void approval_text_print(const json_t *approval);

/* What was decided on: title, request line and code, each shortened to a line. */
void approval_text_print_gist(const json_t *approval);

/* One line of a list, and the line above the first one. */
void approval_text_print_heading(void);
void approval_text_print_row(const json_t *approval, bool is_colored);

#endif
