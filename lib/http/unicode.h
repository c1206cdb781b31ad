/* Characters that a path may not hold: invisible, unassigned, private, or look-alikes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_UNICODE_H
#define HTTP_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * For code points above ASCII: whether its category is Cc, Cf, Zs, Zl, Zp, Co or Cn, or
 * its compatibility form holds a delimiter of paths.  unicode.def names the version of
 * Unicode; what was assigned later counts as unassigned.
 */
bool unicode_is_refused(uint32_t point);

#endif
