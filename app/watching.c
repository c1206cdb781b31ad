/* Following approvals from the outside. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/watching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/approval_text.h"
#include "lib/base/clock.h"

/* A store that is away for a moment does not end a wait; this many looks in a row do. */
enum { FAILURES_MAX = 30 };

static void
rest_a_second(void)
{
	struct timespec second = {.tv_sec = 1};

	nanosleep(&second, NULL);
}

/* Escapes what may not stand in a query as it is. */
static void
add_query_value(struct buf *to, const char *text)
{
	for (; *text; text++) {
		if (ascii_is_alpha(*text) || ascii_is_digit(*text) || *text == '-' || *text == '_')
			buf_addc(to, *text);
		else
			buf_addf(to, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

static void
add_path(struct buf *to, const char *state, const json_t *cursor)
{
	buf_add(to, SPAN("/api/v1/approvals?state="));
	add_query_value(to, state);
	if (!json_is_string(cursor))
		return;
	buf_add(to, SPAN("&cursor="));
	add_query_value(to, json_string_value(cursor));
}

static enum exit_code
read_page(const struct client *c, const char *path, json_t *to, json_t **ret_next)
{
	struct client_answer answer;
	enum exit_code code = EXIT_OK;

	*ret_next = NULL;
	if (!client_ask(c, "GET", path, NULL, &answer))
		return EXIT_ERROR;
	if (answer.status == 200) {
		json_array_extend(to, json_object_get(answer.body, "approvals"));
		*ret_next = json_incref(json_object_get(answer.body, "next"));
	} else {
		code = client_explain(c, &answer);
	}
	json_decref(answer.body);
	return code;
}

enum exit_code
watching_read_list(const struct client *c, const char *state, json_t *to)
{
	json_t *cursor = NULL, *next;
	enum exit_code code;

	do {
		struct buf path = BUF_INIT(64 * 1024);

		add_path(&path, state, cursor);
		code = read_page(c, buf_cstr(&path), to, &next);
		buf_clear(&path);
		json_decref(cursor);
		cursor = next;
	} while (code == EXIT_OK && json_is_string(cursor));
	json_decref(cursor);
	return code;
}

static enum exit_code
code_of_state(const char *state)
{
	if (strcmp(state, "pending") == 0)
		return EXIT_PENDING;
	if (strcmp(state, "approved") == 0 || strcmp(state, "spent") == 0)
		return EXIT_OK;
	return strcmp(state, "expired") == 0 ? EXIT_EXPIRED : EXIT_REFUSED;
}

static void
print_settled(const struct client *c, const json_t *approval)
{
	if (c->is_json) {
		json_dumpf(approval, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		putchar('\n');
		return;
	}
	client_print(span_cstr(json_string_value(json_object_get(approval, "state"))));
	putchar('\n');
}

/* One look.  False: there is a code to end with. */
static bool
look(const struct client *c, const char *path, unsigned *failures, enum exit_code *ret)
{
	struct client_answer answer;
	const char *state;
	bool goes_on = false;

	*ret = EXIT_ERROR;
	if (!client_ask(c, "GET", path, NULL, &answer))
		return ++*failures < FAILURES_MAX;
	state = json_string_value(json_object_get(answer.body, "state"));
	if (answer.status == 200 && state) {
		*failures = 0;
		*ret = code_of_state(state);
		goes_on = *ret == EXIT_PENDING;
		if (!goes_on)
			print_settled(c, answer.body);
	} else if (answer.status == 503) {
		goes_on = ++*failures < FAILURES_MAX;
	}
	if (!goes_on && answer.status != 200)
		*ret = client_explain(c, &answer);
	json_decref(answer.body);
	return goes_on;
}

enum exit_code
watching_wait(const struct client *c, const char *id, uint64_t timeout_s)
{
	struct mono until = mono_after(clock_mono(), (int64_t)timeout_s * SECOND_US);
	unsigned failures = 0;
	enum exit_code code;
	char path[96];

	snprintf(path, sizeof(path), "/api/v1/approvals/%s", id);
	while (look(c, path, &failures, &code)) {
		if (timeout_s && clock_mono().us >= until.us) {
			fputs("countersign: it is still pending\n", stderr);
			return EXIT_PENDING;
		}
		rest_a_second();
	}
	return code;
}

/* What of an approval makes a new line when it changes. */
static json_t *
summary_of(const json_t *approval)
{
	return json_pack("[O,O,O?]", json_object_get(approval, "state"),
	                 json_object_get(approval, "have"),
	                 json_object_get(approval, "review"));
}

static void
print_change(const struct client *c, const json_t *approval)
{
	if (c->is_json) {
		json_dumpf(approval, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
		putchar('\n');
	} else {
		approval_text_print_row(approval, c->is_colored);
	}
}

/* Of the first list only what is pending is news. */
static bool
is_news(const json_t *approval, bool is_first)
{
	const char *state = json_string_value(json_object_get(approval, "state"));

	return !is_first || (state && strcmp(state, "pending") == 0);
}

/* Prints what is new in `list`, and returns what was seen in it. */
static json_t *
print_changes(const struct client *c, const json_t *list, const json_t *seen, bool is_first)
{
	json_t *now = json_object(), *approval;
	size_t i;

	json_array_foreach(list, i, approval)
	{
		const char *id = json_string_value(json_object_get(approval, "id"));
		json_t *summary = summary_of(approval);

		if (id && summary && is_news(approval, is_first) &&
		    !json_equal(json_object_get(seen, id), summary))
			print_change(c, approval);
		if (id && summary)
			json_object_set(now, id, summary);
		json_decref(summary);
	}
	fflush(stdout);
	return now;
}

enum exit_code
watching_watch(const struct client *c)
{
	json_t *seen = json_object(), *list, *now;
	bool is_first = true;
	enum exit_code code;
	unsigned failures = 0;

	if (!c->is_json)
		approval_text_print_heading();
	do {
		list = json_array();
		code = watching_read_list(c, "all", list);
		failures = code == EXIT_OK ? 0 : failures + 1;
		if (code == EXIT_OK) {
			now = print_changes(c, list, seen, is_first);
			json_decref(seen);
			seen = now;
			is_first = false;
		}
		json_decref(list);
		rest_a_second();
	} while (code == EXIT_OK || (!is_first && failures < FAILURES_MAX));
	json_decref(seen);
	return code;
}
