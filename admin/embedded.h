/* Files that are compiled in; see tools/embed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_EMBEDDED_H
#define ADMIN_EMBEDDED_H

#include <stddef.h>

extern const char embedded_page_css[];
extern const size_t embedded_page_css_len;
extern const char embedded_icon_svg[];
extern const size_t embedded_icon_svg_len;

#endif
