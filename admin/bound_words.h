/* What of a request is signed and what is not, in words for people. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_BOUND_WORDS_H
#define ADMIN_BOUND_WORDS_H

#include <jansson.h>

#include "lib/base/buf.h"

/* Of the member `bind`: whether anything that goes upstream is left out by the rule. */
bool bound_words_are_needed(const json_t *bind);

/* "method, host, path, query force, body /amount", or "everything else".  Names are bytes
 * of the policy, not yet fit to be shown. */
void bound_words_signed(const json_t *bind, struct buf *to);
/* "body /id, header mcp-session-id", or "everything else". */
void bound_words_unsigned(const json_t *bind, struct buf *to);

#endif
