/* Any bytes as a request: what is accepted is canonical, and the same when written and
 * read again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/http/again.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SWITCH_SLASH = 1, SWITCH_MATRIX = 2, SWITCH_PERCENT = 4, SWITCH_UTF8 = 8, SWITCH_TLS = 16,
       SWITCH_BODIES = 32 };

static void
die(const char *why)
{
	fprintf(stderr, "%s\n", why);
	abort();
}

/* Decodes all escapes, with no code of the reader. */
static size_t
decode(struct span path, char *to)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t len = 0;

	for (size_t i = 0; i < path.len; i++) {
		const char *high, *low;

		to[len] = path.ptr[i];
		if (path.ptr[i] == '%') {
			high = i + 2 < path.len ? strchr(digits, path.ptr[i + 1]) : NULL;
			low = i + 2 < path.len ? strchr(digits, path.ptr[i + 2]) : NULL;
			if (!high || !low)
				die("an escape is not canonical");
			to[len] = (char)((high - digits) << 4 | (low - digits));
			i += 2;
		}
		len++;
	}
	return len;
}

/* Decoded and cut at every slash, as the most careless server would. */
static void
check_path(struct span path, bool keeps_slash)
{
	char *plain = malloc(path.len + 1);
	struct span rest, segment;

	if (!plain)
		abort();
	rest = span_of(plain, decode(path, plain));
	if (span_contains(rest, '\0') || span_contains(rest, '\n') || span_contains(rest, '\\'))
		die("a path holds what none may hold");
	if (rest.len == 0 || rest.ptr[0] != '/')
		die("a path does not begin with a slash");
	rest = span_from(rest, 1);
	while (span_cut(&rest, '/', &segment)) {
		if (segment.len && segment.ptr[segment.len - 1] == '.')
			die("a segment ends in a dot");
		if (segment.len == 0 && rest.ptr && !keeps_slash)
			die("a segment is empty");
	}
	free(plain);
}

static void
check_request(const struct head *h, const struct request_options *options, bool is_tls)
{
	struct arena arena = {0};
	struct buf written = BUF_INIT(1 << 20);
	struct request r;
	const char *why;

	if (!request_read_host(&r, h, is_tls, &arena) && !request_read(&r, h, options, &arena)) {
		if (!r.is_asterisk)
			check_path(r.path, options->keeps_encoded_slash);
		why = request_again(&r, options, is_tls, &written);
		if (why)
			die(why);
	}
	buf_clear(&written);
	arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct head h;
	struct head_limits limits = {8192, 4096, 64, false};
	struct request_options options = {0};
	enum fault fault;

	if (size < 1)
		return 0;
	options.keeps_encoded_slash = data[0] & SWITCH_SLASH;
	options.keeps_matrix = data[0] & SWITCH_MATRIX;
	options.keeps_percent25 = data[0] & SWITCH_PERCENT;
	options.takes_utf8 = limits.may_be_utf8 = data[0] & SWITCH_UTF8;
	options.bodies_on = data[0] & SWITCH_BODIES ? 1u << METHOD_GET : 0;
	head_reset(&h, HEAD_REQUEST);
	if (head_read(&h, span_of(data + 1, size - 1), &limits, &fault) == PROGRESS_DONE)
		check_request(&h, &options, data[0] & SWITCH_TLS);
	return 0;
}
