/* Runs the policies and expected verdicts of tests/tables/rules (its README.md explains). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include <dirent.h>
#include <jansson.h>

#include "tests/unit/rules/asking.h"

enum { FILE_MAX = 1 << 20, LINE_MAX_LEN = 1000, COLUMNS = 6, GROUPS_MAX = 16 };

/* One line of a .want file. */
struct want {
	struct span verdict, rule, method, target, caller, groups;
	json_t *more; /* NULL: the line has no braces */
};

static char *
file_path(const char *name, const char *suffix, struct arena *arena)
{
	struct buf path = BUF_INIT(4096);
	const char *top = getenv("srcdir");
	char *text;

	buf_addf(&path, "%s/tests/tables/rules/%s%s", top ? top : ".", name, suffix);
	text = arena_cstr(arena, buf_span(&path));
	buf_clear(&path);
	return text;
}

static struct span
file_read(const char *path, struct arena *arena)
{
	FILE *file = fopen(path, "rb");
	char *text = arena_new(arena, FILE_MAX);
	size_t len;

	if (!file)
		fail_msg("%s: cannot be read", path);
	len = fread(text, 1, FILE_MAX - 1, file);
	fclose(file);
	return span_of(text, len);
}

static bool
next_word(struct span *line, struct span *ret)
{
	*line = span_trim(*line);
	if (line->len == 0)
		return false;
	*ret = span_of(line->ptr, span_find(*line, ' '));
	*line = span_from(*line, ret->len);
	return true;
}

static bool
want_read(struct span line, struct want *ret)
{
	struct span columns[COLUMNS] = {
		[4] = SPAN("-"), [5] = SPAN("-"),
	};
	size_t count = 0, brace = span_find(line, '{');
	struct span more = span_from(line, brace);

	line.len = brace;
	while (count < COLUMNS && next_word(&line, &columns[count]))
		count++;
	*ret = (struct want){columns[0], columns[1], columns[2],
	                     columns[3], columns[4], columns[5], NULL};
	if (more.len)
		ret->more = json_loadb(more.ptr, more.len, JSON_REJECT_DUPLICATES, NULL);
	return count >= 4 && span_trim(line).len == 0 && (more.len == 0 || ret->more);
}

static struct span
more_text(const struct want *want, const char *key)
{
	const json_t *value = json_object_get(want->more, key);

	return span_of(json_string_value(value), json_string_length(value));
}

/* A string as it is, anything else as JSON. */
static struct span
more_body(const struct want *want, struct arena *arena)
{
	const json_t *body = json_object_get(want->more, "body");
	struct span copy = SPAN_NONE;
	char *text;

	if (!body || json_is_string(body))
		return more_text(want, body ? "body" : "form");
	text = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);
	copy = arena_copy(arena, span_cstr(text));
	free(text);
	return copy;
}

static struct span
more_fields(const struct want *want, struct arena *arena)
{
	struct buf fields = BUF_INIT(1 << 16);
	const json_t *headers = json_object_get(want->more, "headers"), *header;
	struct span copy;
	size_t i;

	if (json_object_get(want->more, "form"))
		buf_addf(&fields, "Content-Type: application/x-www-form-urlencoded\r\n");
	else if (json_object_get(want->more, "body") && !json_object_get(want->more, "type"))
		buf_addf(&fields, "Content-Type: application/json\r\n");
	else if (more_text(want, "type").len)
		buf_addf(&fields, "Content-Type: %.*s\r\n", SPAN_ARG(more_text(want, "type")));
	json_array_foreach (headers, i, header)
		buf_addf(&fields, "%s\r\n", json_string_value(header));
	copy = arena_copy(arena, buf_span(&fields));
	buf_clear(&fields);
	return copy;
}

static void
fill(struct asking_text *text, const struct want *want, struct arena *arena)
{
	struct span *groups = arena_new(arena, GROUPS_MAX * sizeof(*groups));
	struct span rest = want->groups;

	*text = (struct asking_text){
		.method = want->method,
		.target = want->target,
		.groups = groups,
		.fields = more_fields(want, arena),
		.body = more_body(want, arena),
		.source = more_text(want, "source"),
	};
	if (!span_eq(want->caller, SPAN("-")))
		text->user = want->caller;
	if (more_text(want, "time").len && !wall_read(more_text(want, "time"), &text->now))
		fail_msg("a time is like 2026-11-22T08:00:00Z");
	while (!span_eq(want->groups, SPAN("-")) && text->group_count < GROUPS_MAX &&
	       span_cut(&rest, ',', &groups[text->group_count]))
		text->group_count++;
}

static struct span
verdict_word(const struct verdict *v)
{
	if (v->fault != FAULT_NONE)
		return span_cstr(fault_word(v->fault));
	switch (v->kind) {
	case VERDICT_ALLOW:
		return SPAN("allow");
	case VERDICT_DENY:
		return v->wants_name ? SPAN("name") : SPAN("deny");
	case VERDICT_APPROVAL:
		return SPAN("approval");
	}
	return SPAN_NONE;
}

/* "deny RULE" or "hold RULE", or the fault's word; empty: nothing. */
static void
say_would(const struct verdict *v, struct buf *to)
{
	if (v->would_rule)
		buf_addf(to, "%s %.*s", v->would == VERDICT_DENY ? "deny" : "hold",
		         SPAN_ARG(rule_name(v->would_rule)));
	if (v->would_fault != FAULT_NONE)
		buf_addf(to, "%s%s", to->len ? " " : "", fault_word(v->would_fault));
}

static bool
check_verdict(const struct want *want, const struct verdict *v, enum body_need need,
              struct buf *why)
{
	static const char *const needs[] = {"none", "observed", "rules"};
	struct span rule = v->rule ? rule_name(v->rule) : SPAN("-");
	struct span body = more_text(want, "needs");
	struct buf would = BUF_INIT(LINE_MAX_LEN);
	bool is_right;

	say_would(v, &would);
	is_right = span_eq(verdict_word(v), want->verdict) && span_eq(rule, want->rule) &&
	           span_eq(buf_span(&would), more_text(want, "would")) &&
	           (body.len == 0 || span_eq(body, span_cstr(needs[need])));
	buf_addf(why, "says %.*s %.*s, would \"%s\", needs %s", SPAN_ARG(verdict_word(v)),
	         SPAN_ARG(rule), buf_cstr(&would), needs[need]);
	buf_clear(&would);
	return is_right;
}

/* Whether the line holds. */
static bool
check_line(const struct ruleset *rules, struct span line, struct buf *why)
{
	struct arena arena = {0};
	enum body_need need = BODY_NEED_NONE;
	struct asking_text text;
	struct asking asking;
	struct verdict v;
	struct want want;
	enum fault fault;
	bool is_right = false;

	if (!want_read(line, &want)) {
		buf_addf(why, "is not: verdict rule method target [caller [groups]] [{...}]");
		json_decref(want.more);
		return false;
	}
	fill(&text, &want, &arena);
	fault = asking_begin(&asking, &text);
	if (fault == FAULT_NONE) {
		asking_judge(&asking, rules, &v, &need);
		is_right = check_verdict(&want, &v, need, why);
	} else {
		buf_addf(why, "is no request: %s", fault_word(fault));
	}
	asking_end(&asking);
	arena_clear(&arena);
	json_decref(want.more);
	return is_right;
}

static size_t
check_table(const char *name)
{
	struct arena arena = {0};
	struct span policy = file_read(file_path(name, ".policy", &arena), &arena);
	struct span rest = file_read(file_path(name, ".want", &arena), &arena), line;
	struct ruleset *rules = policy_get(policy.ptr);
	size_t number = 0, wrong = 0;

	while (span_cut(&rest, '\n', &line)) {
		struct buf why = BUF_INIT(LINE_MAX_LEN);

		number++;
		line = span_trim(line);
		if (line.len && line.ptr[0] != '#' && !check_line(rules, line, &why)) {
			print_error("%s.want:%zu: %.*s\n    %s\n", name, number, SPAN_ARG(line),
			            buf_cstr(&why));
			wrong++;
		}
		buf_clear(&why);
	}
	ruleset_unref(&rules);
	arena_clear(&arena);
	return wrong;
}

static void
every_line_of_the_tables_holds(void **state UNUSED)
{
	struct arena arena = {0};
	DIR *dir = opendir(file_path(".", "", &arena));
	size_t tables = 0, wrong = 0;
	const struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		struct span name = span_cstr(entry->d_name);

		if (!span_ends(name, SPAN(".policy")))
			continue;
		name.len -= strlen(".policy");
		wrong += check_table(arena_cstr(&arena, name));
		tables++;
	}
	closedir(dir);
	arena_clear(&arena);
	assert_true(tables > 0);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_of_the_tables_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
