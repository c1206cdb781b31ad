/* An approval as text for a terminal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/approval_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "admin/bound_words.h"
#include "admin/duration.h"
#include "admin/page_json.h"
#include "admin/visible.h"
#include "app/client.h"
#include "lib/base/clock.h"
#include "lib/base/digest.h"

enum { SHOWN_MAX = 64 * 1024 * 1024, DEPTH_MAX = 32 };
enum { WIDTH_STATE = 10, WIDTH_CODE = 9, WIDTH_USER = 16, WIDTH_END = 8 };
/* What others wrote, at any length: shortened in lists. */
enum { WIDTH_TITLE = 32, WIDTH_REQUEST = 48, WIDTH_REASON = 40, WIDTH_GIST = 160 };

static struct span
text_of(const json_t *value)
{
	if (!json_is_string(value))
		return SPAN_NONE;
	return span_of(json_string_value(value), json_string_length(value));
}

static void
indent(int depth)
{
	printf("%*s", depth * 2, "");
}

/* Each line of a longer text gets a line of its own, its end named all the same. */
static void
print_lines(struct span text, int depth)
{
	while (text.len) {
		size_t end = span_find(text, '\n');
		size_t len = end < text.len ? end + 1 : end;

		indent(depth);
		fputs("| ", stdout);
		client_print(span_of(text.ptr, len));
		putchar('\n');
		text = span_from(text, len);
	}
}

static void
print_text(struct span text, int depth)
{
	if (text.len == 0) {
		fputs(" (empty)\n", stdout);
	} else if (!span_contains(text, '\n')) {
		putchar(' ');
		client_print(text);
		putchar('\n');
	} else {
		putchar('\n');
		print_lines(text, depth + 1);
	}
}

static bool
is_base64_member(const char *key, const json_t *value)
{
	return json_is_string(value) && span_ends(span_cstr(key), SPAN("base64"));
}

static void print_members(const json_t *object, int depth);

static void
print_base64(struct span base64, int depth)
{
	struct buf bytes = BUF_INIT(SHOWN_MAX);

	if (base64_read(base64, &bytes))
		print_text(buf_span(&bytes), depth);
	else
		print_text(base64, depth);
	buf_clear(&bytes);
}

static void print_items(const json_t *array, int depth);

static void
print_value(const json_t *value, int depth)
{
	char small[64];
	size_t len;

	if (depth > DEPTH_MAX) {
		fputs(" (nested too deeply to be shown)\n", stdout);
	} else if (json_is_string(value)) {
		print_text(text_of(value), depth);
	} else if (json_is_object(value) && json_object_size(value)) {
		putchar('\n');
		print_members(value, depth + 1);
	} else if (json_is_array(value) && json_array_size(value)) {
		putchar('\n');
		print_items(value, depth + 1);
	} else if (json_is_null(value) || json_is_object(value) || json_is_array(value)) {
		fputs(" (none)\n", stdout);
	} else {
		len = json_dumpb(value, small, sizeof(small), JSON_ENCODE_ANY);
		printf(" %.*s\n", (int)(len < sizeof(small) ? len : 0), small);
	}
}

static void
print_items(const json_t *array, int depth)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		indent(depth);
		putchar('-');
		print_value(json_array_get(array, i), depth);
	}
}

/* "expires_us": 1800000000 is "expires: 30m". */
static bool
print_duration(const char *key, const json_t *value, int depth)
{
	struct span name = span_cstr(key);
	struct buf text = BUF_INIT(256);

	if (depth > 0 || !json_is_integer(value) || !span_ends(name, SPAN("_us")))
		return false;
	client_print(span_of(name.ptr, name.len - 3));
	duration_short(json_integer_value(value), &text);
	printf(": %s\n", buf_cstr(&text));
	buf_clear(&text);
	return true;
}

static void
print_member(const char *key, const json_t *value, int depth)
{
	if (print_duration(key, value, depth))
		return;
	indent(depth);
	client_print(span_cstr(key));
	putchar(':');
	if (is_base64_member(key, value))
		print_base64(text_of(value), depth);
	else
		print_value(value, depth);
}

static void
print_members(const json_t *object, int depth)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		print_member(key, value, depth);
	}
}

/* What is signed of the request; nothing when it is all of it. */
static void
print_bound(const json_t *approval, const char *before_signed, const char *before_unsigned)
{
	const json_t *bind = json_object_get(approval, "bind");
	struct buf words = BUF_INIT(SHOWN_MAX);

	if (!bound_words_are_needed(bind))
		return;
	fputs(before_signed, stdout);
	bound_words_signed(bind, &words);
	client_print(buf_span(&words));
	buf_reset(&words);
	fputs(before_unsigned, stdout);
	bound_words_unsigned(bind, &words);
	client_print(buf_span(&words));
	putchar('\n');
	buf_clear(&words);
}

static void
print_unnamed(const json_t *approval, const char *before)
{
	if (json_is_true(json_object_get(json_object_get(approval, "requester"), "unnamed")))
		printf("%sno name was shown, so it cannot be told whether you, or one of the others "
		       "who are asked, asked for this\n", before);
}

/* What people look for first; then whatever else there is. */
static const char *const first[] = {"id",     "state",     "title",      "code",    "requester",
                                    "reason", "site",      "rule",       "request", "needs",
                                    "have",   "need",      "uses",       "uses_left", "review",
                                    "created_at", "expires_at", "decisions", "binding"};

static bool
stands_first(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(first); i++) {
		if (strcmp(key, first[i]) == 0)
			return true;
	}
	return false;
}

void
approval_text_print(const json_t *approval)
{
	const char *key;
	json_t *value;

	print_bound(approval, "signed: ", "\nnot signed: ");
	print_unnamed(approval, "asked by: ");
	for (size_t i = 0; i < ARRAY_LEN(first); i++) {
		value = json_object_get(approval, first[i]);
		if (value)
			print_member(first[i], value, 0);
	}
	json_object_foreach((json_t *)(uintptr_t)approval, key, value)
	{
		if (!stands_first(key))
			print_member(key, value, 0);
	}
}

/* Cut to the width of its column, and said so. */
static void
print_cell(struct span text, size_t width)
{
	struct buf shown = BUF_INIT(SHOWN_MAX);

	visible_add(&shown, text);
	if (shown.len > width)
		printf("%.*s~ ", (int)width - 1, shown.ptr);
	else
		printf("%-*.*s ", (int)width, (int)shown.len, shown.ptr ? shown.ptr : "");
	buf_clear(&shown);
}

/* Text of any origin: a string, or {"base64": ...}. */
static void
add_text(struct buf *to, const json_t *value)
{
	struct buf scratch = BUF_INIT(SHOWN_MAX);
	struct span bytes;

	if (json_bytes(value, &scratch, &bytes))
		buf_add(to, bytes);
	buf_clear(&scratch);
}

static void
add_request_line(struct buf *to, const json_t *approval, bool with_host)
{
	json_request_line(json_object_get(approval, "request"), with_host, to);
}

/* Its beginning, then how much there is more; padded unless it is the last of its line. */
static void
print_short(struct span text, size_t width, bool is_last)
{
	struct buf shown = BUF_INIT(SHOWN_MAX);

	visible_add_short(&shown, text, width);
	if (is_last)
		printf("%s\n", buf_cstr(&shown));
	else
		printf("%-*s ", (int)width, buf_cstr(&shown));
	buf_clear(&shown);
}

void
approval_text_print_gist(const json_t *approval)
{
	struct buf text = BUF_INIT(SHOWN_MAX);

	fputs("  title:   ", stdout);
	add_text(&text, json_object_get(approval, "title"));
	print_short(buf_span(&text), WIDTH_GIST, true);
	buf_reset(&text);
	fputs("  request: ", stdout);
	add_request_line(&text, approval, true);
	print_short(buf_span(&text), WIDTH_GIST, true);
	buf_clear(&text);
	print_bound(approval, "  signed:  ", "; not signed: ");
	print_unnamed(approval, "  asked by: ");
	fputs("  code:    ", stdout);
	print_short(text_of(json_object_get(approval, "code")), WIDTH_GIST, true);
}

static void
print_end(const json_t *approval, struct span state)
{
	const json_t *time = json_object_get(approval, "expires_at");
	/* What is settled ends no more. */
	bool is_open = span_eq(state, SPAN("pending")) || span_eq(state, SPAN("approved"));
	char text[32] = "-";
	struct wall end;
	int64_t left;

	if (is_open && wall_read(text_of(time), &end)) {
		left = (end.us - clock_wall().us) / SECOND_US;
		if (left < 0)
			snprintf(text, sizeof(text), "over");
		else if (left < 120)
			snprintf(text, sizeof(text), "%" PRId64 "s", left);
		else if (left < 7200)
			snprintf(text, sizeof(text), "%" PRId64 "m", left / 60);
		else
			snprintf(text, sizeof(text), "%" PRId64 "h", left / 3600);
	}
	print_cell(span_cstr(text), WIDTH_END);
}

void
approval_text_print_heading(void)
{
	printf("%-26s %-*s %-*s %-*s %-*s %-*s %-*s %s\n", "ID", WIDTH_STATE, "STATE", WIDTH_CODE,
	       "CODE", WIDTH_USER, "ASKED BY", WIDTH_END, "ENDS IN", WIDTH_TITLE, "TITLE",
	       WIDTH_REQUEST, "REQUEST", "REASON");
}

/* The part of a row that others wrote. */
static void
print_content(const json_t *approval)
{
	struct buf text = BUF_INIT(SHOWN_MAX);

	add_text(&text, json_object_get(approval, "title"));
	print_short(buf_span(&text), WIDTH_TITLE, false);
	buf_reset(&text);
	add_request_line(&text, approval, false);
	print_short(buf_span(&text), WIDTH_REQUEST, false);
	buf_reset(&text);
	add_text(&text, json_object_get(approval, "reason"));
	print_short(text.len ? buf_span(&text) : SPAN("-"), WIDTH_REASON, true);
	buf_clear(&text);
}

static bool
has_review(const json_t *approval)
{
	return json_is_true(json_object_get(approval, "review"));
}

/* "approved?" when what came of a use is not known. */
static void
print_state(const json_t *approval)
{
	struct buf text = BUF_INIT(SHOWN_MAX);

	buf_add(&text, text_of(json_object_get(approval, "state")));
	if (has_review(approval))
		buf_addc(&text, '?');
	print_cell(buf_span(&text), WIDTH_STATE);
	buf_clear(&text);
}

static const char *
color_of(const json_t *approval)
{
	struct span state = text_of(json_object_get(approval, "state"));

	if (has_review(approval))
		return "\033[31m";
	if (span_eq(state, SPAN("pending")))
		return "\033[33m";
	if (span_eq(state, SPAN("approved")) || span_eq(state, SPAN("spent")))
		return "\033[32m";
	return "\033[31m";
}

void
approval_text_print_row(const json_t *approval, bool is_colored)
{
	const json_t *user = json_object_get(json_object_get(approval, "requester"), "user");
	struct span state = text_of(json_object_get(approval, "state"));

	print_cell(text_of(json_object_get(approval, "id")), 26);
	if (is_colored)
		fputs(color_of(approval), stdout);
	print_state(approval);
	if (is_colored)
		fputs("\033[0m", stdout);
	print_cell(text_of(json_object_get(approval, "code")), WIDTH_CODE);
	print_cell(json_is_string(user) ? text_of(user) : SPAN("(no name)"), WIDTH_USER);
	print_end(approval, state);
	print_content(approval);
}
