/* Random documents, sound and broken: our scanner and jansson agree. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/json_scan.h"
#include "tests/unit/base/json_again.h"

enum { DOCUMENTS = 20000, DOCUMENT_MAX = 1 << 16, DEPTH = 4 };

static uint64_t state;

/* Below `limit`; xorshift64*. */
static unsigned
pick(unsigned limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % limit;
}

/* Few names, so that some meet. */
static const char *const names[] = {"a", "A", "b", "B", "\\u0061", "k", "\xe2\x84\xaa", "s",
                                    "\xc5\xbf", "", "0", "a/b", "a\\/b", "~", "c", "d", "e",
                                    "longer name than eight", "f", "g", "h", "\\u00e9", "x"};
static const char *const scalars[] = {
	"0", "-0", "1", "-1.5", "1e3", "1000.0", "123456789012345678901234567890", "0.1e-5",
	"true", "false", "null", "\"\"", "\"a\"", "\"\\ud83d\\ude00\"", "\"\\\"\\\\\\n\"",
	"\"gr\xc3\xb6\xc3\x9f\"", "\"long enough for a word of eight\\tbytes and one more\"",
	"1e308", "17", "\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
};
static const char *const blanks[] = {"", "", "", "", " ", "\n", "\t\r\n  "};

static void
add_text(struct buf *out, const char *const *list, size_t count)
{
	buf_add(out, span_cstr(list[pick((unsigned)count)]));
}

static void
add_blank(struct buf *out)
{
	add_text(out, blanks, ARRAY_LEN(blanks));
}

static void add_value(struct buf *out, unsigned depth);

static void
add_container(struct buf *out, unsigned depth, bool is_object)
{
	unsigned count = pick(5);

	buf_addc(out, is_object ? '{' : '[');
	for (unsigned i = 0; i < count; i++) {
		if (i)
			buf_addc(out, ',');
		if (is_object) {
			add_blank(out);
			buf_addc(out, '"');
			add_text(out, names, ARRAY_LEN(names));
			buf_addc(out, '"');
			add_blank(out);
			buf_addc(out, ':');
		}
		add_value(out, depth + 1);
	}
	buf_addc(out, is_object ? '}' : ']');
}

static void
add_value(struct buf *out, unsigned depth)
{
	unsigned kind = pick(depth < DEPTH ? 5 : 2);

	add_blank(out);
	if (kind < 2)
		add_text(out, scalars, ARRAY_LEN(scalars));
	else
		add_container(out, depth, kind > 2);
	add_blank(out);
}

/* Another byte, one less or one more: of those that mean something, mostly. */
static void
break_it(struct buf *document)
{
	static const char bytes[] = "{}[]:,\"\\u0 1e-+.tn\n\x01\x80\xc3\xef/a";
	size_t at = pick((unsigned)document->len);
	char byte = bytes[pick(sizeof(bytes))];

	switch (pick(3)) {
	case 0:
		document->ptr[at] = byte;
		break;
	case 1:
		memmove(document->ptr + at, document->ptr + at + 1, document->len - at - 1);
		document->len--;
		break;
	default:
		buf_addc(document, '\0');
		memmove(document->ptr + at + 1, document->ptr + at, document->len - at - 1);
		document->ptr[at] = byte;
	}
}

static uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static void
two_readers_agree(void **unused)
{
	uint64_t seed = setting("CHECK_SEED", 20261122), scale = setting("CHECK_SCALE", 1);
	struct buf document = BUF_INIT(DOCUMENT_MAX);
	unsigned sound = 0;
	size_t at;

	(void)unused;
	print_message("CHECK_SEED=%llu CHECK_SCALE=%llu\n", (unsigned long long)seed,
	              (unsigned long long)scale);
	state = seed | 1;
	for (uint64_t i = 0; i < DOCUMENTS * scale; i++) {
		const char *why;

		buf_reset(&document);
		add_value(&document, 0);
		for (unsigned faults = pick(3); faults && document.len; faults--)
			break_it(&document);
		why = json_again(buf_span(&document));
		if (why)
			fail_msg("%s: %.*s", why, SPAN_ARG(buf_span(&document)));
		sound += json_check(buf_span(&document), &at) == JSON_FLAW_NONE;
	}
	/* Both kinds must come often enough to mean something. */
	assert_true(sound > DOCUMENTS * scale / 5 && sound < DOCUMENTS * scale * 4 / 5);
	buf_clear(&document);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_readers_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
