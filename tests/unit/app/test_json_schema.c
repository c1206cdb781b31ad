/* The JSON Schema for editors: what it lets through, and that the committed copy is it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/config_load.h"
#include "app/json_schema.h"
#include "lib/base/document.h"
#include "tests/unit/app/schema_check.h"

enum { TEXT_MAX = 1 << 20, PATH_SIZE = 4096 };

static json_t *schema;

static void
path_of(const char *name, char ret[PATH_SIZE])
{
	snprintf(ret, PATH_SIZE, "%s/%s", getenv("srcdir") ? getenv("srcdir") : ".", name);
}

static void
read_text(const char *name, struct buf *to)
{
	char path[PATH_SIZE];
	FILE *f;

	path_of(name, path);
	f = fopen(path, "r");
	assert_non_null(f);
	buf_grew(to, fread(buf_room(to, TEXT_MAX / 2), 1, TEXT_MAX / 2, f));
	fclose(f);
}

/* NULL: it is no YAML. */
static json_t *
value_of(const char *name, struct span text)
{
	struct complaints *why = complaints_new();
	struct document *doc = document_read(name, text, why);
	json_t *value = doc && !complaints_errors(why) ? schema_value(document_root(doc)) : NULL;

	document_free(doc);
	complaints_free(why);
	return value;
}

static bool
allows(const char *definition, const char *name, struct span text)
{
	const json_t *of = json_object_get(json_object_get(schema, "$defs"), definition);
	json_t *value = value_of(name, text);
	bool is_allowed;

	assert_non_null(of);
	if (!value)
		fail_msg("%s: cannot be read", name);
	is_allowed = schema_allows(schema, of, value);
	json_decref(value);
	return is_allowed;
}

static void
the_committed_copy_is_what_is_printed(void **state)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	char *printed = json_dumps(schema, JSON_INDENT(2));

	(void)state;
	read_text("packaging/countersign.schema.json", &text);
	/* With `countersign check --schema > packaging/countersign.schema.json` it is again. */
	assert_int_equal(buf_cstr(&text)[text.len - 1], '\n');
	assert_true(span_eq(span_of(text.ptr, text.len - 1), span_cstr(printed)));
	free(printed);
	buf_clear(&text);
}

static int
is_usable_yaml(const struct dirent *entry)
{
	struct span name = span_cstr(entry->d_name);

	return span_ends(name, SPAN(".yaml")) &&
	       (span_starts(name, SPAN("good_")) || span_starts(name, SPAN("warned_")));
}

static void
configurations_that_can_be_used_are_let_through(void **state)
{
	struct dirent **files;
	char path[PATH_SIZE];
	int count;

	(void)state;
	path_of("tests/tables/config", path);
	count = scandir(path, &files, is_usable_yaml, alphasort);
	assert_true(count >= 10);
	for (int i = 0; i < count; i++) {
		struct buf text = BUF_INIT(TEXT_MAX);

		snprintf(path, sizeof(path), "tests/tables/config/%s", files[i]->d_name);
		read_text(path, &text);
		if (!allows("configuration", path, buf_span(&text)))
			fail_msg("%s is not let through", path);
		buf_clear(&text);
		free(files[i]);
	}
	free(files);
}

static void
the_example_is_let_through(void **state)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	(void)state;
	read_text("packaging/countersign.example.yaml", &text);
	assert_true(allows("configuration", "example", buf_span(&text)));
	buf_clear(&text);
}

/* The documents show pieces of sites, rules and matches: one of these it must be, with what
 * is left out put in front. */
static bool
allows_piece(struct span piece)
{
	static const struct {
		const char *definition, *before;
	} tries[] = {
		{"configuration", ""},
		{"site", "name: example\nupstream: http://127.0.0.1\n"},
		{"rule", "name: example\nverdict: approval\n"},
		{"rule", "name: example\nverdict: approval\nmatch: {}\n"},
		{"match", ""},
	};
	bool is_allowed = false;

	for (size_t i = 0; i < ARRAY_LEN(tries) && !is_allowed; i++) {
		struct buf text = BUF_INIT(TEXT_MAX);

		buf_addf(&text, "%s%.*s", tries[i].before, SPAN_ARG(piece));
		is_allowed = allows(tries[i].definition, "docs/rules.md", buf_span(&text));
		buf_clear(&text);
	}
	return is_allowed;
}

static void
examples_of_the_documentation_are_let_through(void **state)
{
	static const char begin[] = "```yaml\n", end[] = "\n```";
	struct buf text = BUF_INIT(TEXT_MAX);
	const char *at;
	size_t count = 0;

	(void)state;
	read_text("docs/rules.md", &text);
	for (at = strstr(buf_cstr(&text), begin); at; at = strstr(at, begin)) {
		struct span piece;

		at += strlen(begin);
		piece = span_of(at, (size_t)(strstr(at, end) - at) + 1);
		if (!allows_piece(piece))
			fail_msg("not let through:\n%.*s", SPAN_ARG(piece));
		count++;
	}
	assert_true(count >= 5);
	buf_clear(&text);
}

#define SITE(more) "sites: [{name: a, upstream: \"http://b\", " more "}]"
#define RULE(more) SITE("rules: [{name: r, match: {path: /}, verdict: allow, " more "}]")
#define MATCH(more) SITE("rules: [{name: r, verdict: allow, match: {" more "}}]")

static const char *const wrong[] = {
	"nonsense: 1", "notify: []", "workers: many", "workers: 0", "workers: [1]",
	"log: {level: loud}", "log: {levl: debug}", "listen: {address: a}", "listen: [{}]",
	"listen: [{adress: a}]", "limits: {head_timeout: soon}", "limits: {head_timeout: 5}",
	"limits: {pending: 0}", "limits: {head_max: 5x}", "store: {}", "state_dir: [a]",
	"identity: {tokens: [{user: a, sha256: abc}]}",
	"identity: {tokens: [{user: a, groups: {b: c}, sha256: abc}]}",
	"sites: {}", "sites: [a]", "sites: [{name: a}]", "sites: [{include: a, name: b}]",
	"sites: [{include: [a]}]", SITE("upstrem: x"), SITE("callers: some"),
	SITE("limits: {pending: 5}"), SITE("header_utf8: \"true\""), SITE("bodies_on: [POST]"),
	SITE("identify: [tokn]"), SITE("defaults: {approval: {hold_fro: 1s}}"),
	SITE("rules: {}"), SITE("rules: [{include: a, b: c}]"),
	SITE("rules: [{name: r, match: {}}]"), SITE("rules: [{name: r, verdict: allow}]"),
	RULE("exept: {}"), RULE("observe: \"yes\""), RULE("approval: {uses: 0}"),
	RULE("approval: {from: sre}"), RULE("approval: {from: {grop: sre}}"),
	RULE("approval: {bind: all}"), RULE("approval: {bind: {except: [a]}}"),
	RULE("approval: {reason: never}"), RULE("approval: {reason: {patern: a}}"),
	RULE("approval: {pending_status: 500}"), RULE("approval: {confirm: passkey}"),
	MATCH("mehtod: GET"), MATCH("method: PURGE"), MATCH("path: {a: b}"), MATCH("path: [[a]]"),
	MATCH("requester: {names: [a]}"), MATCH("time: {days: [monday]}"), MATCH("query: [a]"),
	MATCH("query: {a: {equals: b}}"), MATCH("body: {/a: {gt: \"5\"}}"),
	MATCH("body: {/a: {not: {not: {lte: 5}}}}"), MATCH("body: {/a: [[1]]}"),
	MATCH("headers: {a: {exists: \"yes\"}}"),
};

static void
what_check_would_refuse_is_marked(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (allows("configuration", "wrong", span_cstr(wrong[i])))
			fail_msg("let through: %s", wrong[i]);
	}
}

static void
configurations_with_unknown_keys_are_marked(void **state)
{
	static const char *const names[] = {"unknown_keys", "later_keys", "later_rule_keys",
	                                    "missing_keys", "words"};
	char path[PATH_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf text = BUF_INIT(TEXT_MAX);

		snprintf(path, sizeof(path), "tests/tables/config/wrong_%s.yaml", names[i]);
		read_text(path, &text);
		if (allows("configuration", path, buf_span(&text)))
			fail_msg("%s is let through", path);
		buf_clear(&text);
	}
}

static int
make_schema(void **state)
{
	(void)state;
	schema = json_schema_of(&config_schema, JSON_SCHEMA_TITLE);
	return schema ? 0 : -1;
}

static int
drop_schema(void **state)
{
	(void)state;
	json_decref(schema);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_committed_copy_is_what_is_printed),
		cmocka_unit_test(configurations_that_can_be_used_are_let_through),
		cmocka_unit_test(the_example_is_let_through),
		cmocka_unit_test(examples_of_the_documentation_are_let_through),
		cmocka_unit_test(what_check_would_refuse_is_marked),
		cmocka_unit_test(configurations_with_unknown_keys_are_marked),
	};

	return cmocka_run_group_tests(tests, make_schema, drop_schema);
}
