/* What a site may opt into, for APIs that need it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_OPTIONS_H
#define HTTP_OPTIONS_H

#include <stdbool.h>

/* Named opt-ins of a site, each part of the policy digest. */
struct request_options {
	bool keeps_encoded_slash;
	bool keeps_matrix;
	bool keeps_percent25;
	bool takes_utf8; /* in field values; needs head_limits.may_be_utf8 as well */
	unsigned bodies_on; /* bit per enum method that may carry a body beyond the default */
};

enum { REQUEST_SEGMENTS_MAX = 256 }; /* of a path */

#endif
