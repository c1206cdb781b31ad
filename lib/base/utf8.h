/* UTF-8, read strictly (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdint.h>

#include "lib/base/span.h"

/* Reads the first code point; returns its length in bytes, 0 when it is not UTF-8. */
size_t utf8_read(struct span s, uint32_t *ret_point);
bool utf8_is_valid(struct span s);

/* Code points that may not stand in such files or their strings: controls, line breaks
 * other than CR and LF, and those that make text look other than it is. */
bool point_is_hidden(uint32_t point);

#endif
