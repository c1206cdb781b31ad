/* Which bodies rules can read, by their Content-Type. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_MEDIA_TYPE_H
#define HTTP_MEDIA_TYPE_H

#include "lib/base/span.h"

enum media {
	MEDIA_JSON,  /* application/json, or any type whose subtype ends in "+json" */
	MEDIA_FORM,  /* application/x-www-form-urlencoded */
	MEDIA_OTHER, /* anything else, malformed, or with another parameter than charset=utf-8 */
};

/* The value of the one Content-Type line; empty when there is none. */
enum media media_type_of(struct span content_type);

#endif
