/* A canonical path cut into segments, and what counts as the same path to a loose upstream. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_PATH_H
#define RULES_PATH_H

#include "lib/http/request.h"
#include "lib/base/span.h"

/*
 * "/a/b" is [a, b], "/a/b/" the same with a slash at its end, "/" no segment and a slash.
 * Spans point into the path.  Not zeroed, because it is large: path_split() fills it.
 */
struct path {
	struct span text;
	size_t count;          /* of all segments; only the first ones are kept */
	bool ends_with_slash;
	bool is_asterisk;      /* "*": has no segments, and no template matches it */
	bool has_escape;
	struct span segments[REQUEST_SEGMENTS_MAX];
};

void path_split(struct path *ret, struct span text);

/*
 * Two spellings are variants when they differ in ASCII case, or in whether a character that
 * may stand in a path unescaped ("!$&'()*+,;=:@") is escaped: upstreams exist that read both
 * alike.  The hash is the same for all variants.
 */
bool segment_is_variant(struct span a, struct span b);
uint32_t segment_hash(struct span segment);
/* The same of one of the segments that are kept; `index` is below `count`. */
uint32_t path_segment_hash(const struct path *path, size_t index);

/*
 * The path with such escapes undone, bytes as they are otherwise, at `to`, which has room for
 * text.len bytes; returns the length.
 */
size_t path_unescape(struct span text, char *to);

#endif
