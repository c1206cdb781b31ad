/* Runs the policies and expected verdicts of tests/tables/rules (its README.md explains). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include <dirent.h>

enum { FILE_MAX = 1 << 20, LINE_MAX_LEN = 1000, COLUMNS = 6, GROUPS_MAX = 16 };

/* One line of a .want file. */
struct want {
	struct span verdict, rule, method, target, caller, groups;
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
	size_t count = 0;

	while (count < COLUMNS && next_word(&line, &columns[count]))
		count++;
	*ret = (struct want){columns[0], columns[1], columns[2],
	                     columns[3], columns[4], columns[5]};
	return count >= 4 && span_trim(line).len == 0;
}

static void
fill_person(struct person *p, const struct want *want, struct arena *arena)
{
	struct span *groups = arena_new(arena, GROUPS_MAX * sizeof(*groups));
	struct span rest = want->groups;

	*p = (struct person){.groups = groups, .source = IDENTITY_NONE};
	if (span_eq(want->caller, SPAN("-")))
		return;
	p->source = IDENTITY_TOKEN;
	p->user = want->caller;
	if (span_eq(want->groups, SPAN("-")))
		return;
	while (p->group_count < GROUPS_MAX && span_cut(&rest, ',', &groups[p->group_count]))
		p->group_count++;
}

static void
fill_target(struct request *r, struct span target)
{
	r->host = SPAN("a.example");
	r->path = target;
	r->is_asterisk = span_eq(target, SPAN("*"));
	if (span_starts(target, SPAN("http://"))) {
		target = span_from(target, 7);
		r->host = span_of(target.ptr, span_find(target, '/'));
		r->path = span_from(target, r->host.len);
	}
}

static struct span
verdict_word(const struct verdict *v)
{
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

/* Whether the line holds. */
static bool
check_line(const struct ruleset *rules, struct span line, struct buf *why)
{
	struct arena arena = {0};
	struct request request = {0};
	struct person person;
	struct subject subject = {.request = &request, .requester = &person};
	struct verdict v;
	struct want want;
	struct span rule;

	if (!want_read(line, &want) || !method_read(want.method, &request.method)) {
		buf_addf(why, "is not: verdict rule method target [caller [groups]]");
		return false;
	}
	fill_target(&request, want.target);
	fill_person(&person, &want, &arena);
	ruleset_judge(rules, &subject, &v);
	arena_clear(&arena);
	rule = v.rule ? rule_name(v.rule) : SPAN("-");
	if (span_eq(verdict_word(&v), want.verdict) && span_eq(rule, want.rule))
		return true;
	buf_addf(why, "says %.*s %.*s", SPAN_ARG(verdict_word(&v)), SPAN_ARG(rule));
	return false;
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
