/* Request targets in one form: what is matched, shown, bound and forwarded. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include "lib/base/arena.h"
#include "lib/http/fault.h"
#include "lib/http/options.h"

/*
 * `raw` begins with '/'.  Escapes of unreserved characters are decoded, the others keep
 * their escape in upper case; everything that two programs could read in two ways is a
 * fault.  Points into `raw` where that is canonical, else into `arena`.
 */
MUST_CHECK enum fault target_read_path(struct span raw, const struct request_options *options,
                                       struct arena *arena, struct span *ret);

/* Bytes and escapes only: a query is forwarded as it came. */
MUST_CHECK enum fault target_check_query(struct span query);

/*
 * Whether some parameter of a query, or of a form's body, is one by which frameworks let
 * a request change its method ("_method=DELETE"), however it is spelled or escaped.
 */
bool target_overrides_method(struct span parameters);

#endif
