/* Any bytes as a path: accepted means canonical, and canonical reads as itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/target.h"
#include "tests/fuzz/fuzz.h"

enum { SWITCH_SLASH = 1, SWITCH_MATRIX = 2, SWITCH_PERCENT = 4 };

static const char unreserved[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

/* The canonical form by the letter, with no code of the reader. */
static size_t
rewrite(struct span raw, char *to)
{
	size_t len = 0;

	for (size_t i = 0; i < raw.len; i++) {
		unsigned byte = 0;

		if (raw.ptr[i] != '%') {
			to[len++] = raw.ptr[i];
			continue;
		}
		must(i + 2 < raw.len && sscanf((char[]){raw.ptr[i + 1], raw.ptr[i + 2], 0}, "%2x",
		                               &byte) == 1, "an escape is malformed");
		if (byte && strchr(unreserved, (int)byte))
			to[len++] = (char)byte;
		else
			len += (size_t)snprintf(to + len, 4, "%%%02X", byte);
		i += 2;
	}
	return len;
}

/* Everything undone, as by the most careless server; "." and ".." in no reading. */
static void
check_dots(struct span path)
{
	static const char separators[] = "/\\;";
	char *plain = malloc(path.len + 1);
	size_t len = 0, from = 0;

	must(plain, "no memory");
	for (size_t i = 0; i < path.len; i++) {
		unsigned byte = (unsigned char)path.ptr[i];

		if (byte == '%') {
			(void)!sscanf((char[]){path.ptr[i + 1], path.ptr[i + 2], 0}, "%2x", &byte);
			i += 2;
		}
		must(byte >= 0x20 && byte != 0x7f, "a path holds a control");
		plain[len++] = (char)byte;
	}
	for (size_t i = 0; i <= len; i++) {
		struct span part;

		if (i < len && !strchr(separators, plain[i]))
			continue;
		part = span_of(plain + from, i - from);
		must(!span_eq(part, SPAN(".")) && !span_eq(part, SPAN("..")),
		     "a path holds a dot segment");
		from = i + 1;
	}
	free(plain);
}

static void
check_path(struct span raw, struct span path, const struct request_options *options)
{
	char *expected = malloc(raw.len + 3);
	struct arena arena = {0};
	struct span again;

	must(expected, "no memory");
	must(span_eq(span_of(expected, rewrite(raw, expected)), path),
	     "a path is not in its canonical form");
	must(target_read_path(path, options, &arena, &again) == FAULT_NONE,
	     "a canonical path is refused");
	must(again.ptr == path.ptr && again.len == path.len, "a canonical path is rewritten");
	check_dots(path);
	arena_clear(&arena);
	free(expected);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request_options options = {0};
	struct arena arena = {0};
	struct span raw, path;

	/* The reader is only given what begins with a slash. */
	if (size < 2 || data[1] != '/')
		return 0;
	options.keeps_encoded_slash = data[0] & SWITCH_SLASH;
	options.keeps_matrix = data[0] & SWITCH_MATRIX;
	options.keeps_percent25 = data[0] & SWITCH_PERCENT;
	raw = span_of(data + 1, size - 1);
	if (target_read_path(raw, &options, &arena, &path) == FAULT_NONE)
		check_path(raw, path, &options);
	arena_clear(&arena);
	return 0;
}
