/* Parts of an approval on a page: any JSON value is shown whole, none is trusted. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_PAGE_JSON_H
#define ADMIN_PAGE_JSON_H

#include <jansson.h>

#include "admin/html.h"
#include "lib/base/clock.h"

/* The bytes of a text: a string, or {"base64": "..."} for what is not UTF-8.  `scratch`
 * holds them in the second case.  False: neither. */
MUST_CHECK bool json_bytes(const json_t *value, struct buf *scratch, struct span *ret);
/* Of a string alone; else empty. */
struct span json_text(const json_t *value);

/* "METHOD path?query" of a request; with_host: "METHOD host/path?query".  Bytes as they are
 * sent, not yet fit to be shown. */
void json_request_line(const json_t *request, bool with_host, struct buf *to);

/* Anything, with all that is in it. */
void page_json(struct html *h, const json_t *value);
/* <dt> and <dd> of one member; of nothing when there is none. */
void page_json_row(struct html *h, const char *label, const json_t *value);

#endif
