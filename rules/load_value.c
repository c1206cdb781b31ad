/* Value tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/load_value.h"

#include "rules/lint.h"
#include "rules/lint_value.h"
#include "rules/rule.h"

/* What a map of tests says: a slot for each of its keys. */
struct value_text {
	struct value_test eq, in, prefix, regex, gt, ge, lt, le, exists, not;
};

enum { TESTS_MAX = 10 };

static size_t
digits_at(struct span text, size_t from)
{
	size_t at = from;

	while (at < text.len && ascii_is_digit(text.ptr[at]))
		at++;
	return at - from;
}

/* "-?digits[.digits]" without superfluous zeros in front. */
static bool
is_number(struct span text)
{
	size_t at = text.len && text.ptr[0] == '-', digits = digits_at(text, at);

	if (digits == 0 || (digits > 1 && text.ptr[at] == '0'))
		return false;
	at += digits;
	if (at == text.len)
		return true;
	digits = digits_at(text, at + 1);
	return text.ptr[at] == '.' && digits && at + 1 + digits == text.len;
}

/* What some reader of YAML takes for a number: a digit, and only what numbers are made of. */
static bool
looks_like_number(struct span text)
{
	size_t digits = 0, points = 0, exponents = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool may_be_signed = i == 0 || ascii_lower(text.ptr[i - 1]) == 'e';

		if ((c == '-' || c == '+') && may_be_signed)
			continue;
		digits += ascii_is_digit(c);
		points += c == '.';
		exponents += ascii_lower(c) == 'e' && digits;
		if (!ascii_is_digit(c) && c != '.' && ascii_lower(c) != 'e')
			return false;
	}
	return digits && points <= 1 && exponents <= 1 && ascii_lower(text.ptr[0]) != 'e' &&
	       ascii_lower(text.ptr[text.len - 1]) != 'e';
}

static void
read_number(struct reader *r, const struct node *n, struct value_test *ret)
{
	struct span text;

	if (!node_decimal(n, r->why, &text))
		return;
	ret->text = arena_copy(r->arena, text);
	if (!decimal_read(ret->text, &ret->number))
		complain(r->why, n, "a number of at most 64 digits", "is longer");
}

static void
read_text(struct reader *r, const struct node *n, struct value_test *ret)
{
	struct span text = SPAN_NONE;

	ret->op = TEST_STRING;
	if (n->is_quoted && n->text.len == 0)
		return;
	if (node_string(n, r->why, &text))
		ret->text = arena_copy(r->arena, text);
}

static void
read_scalar(struct reader *r, const struct node *n, struct value_test *ret)
{
	bool is_plain = n->kind == NODE_SCALAR && !n->is_quoted;

	if (is_plain && (span_eq(n->text, SPAN("true")) || span_eq(n->text, SPAN("false")))) {
		ret->op = TEST_BOOLEAN;
		ret->boolean = n->text.ptr[0] == 't';
	} else if (is_plain && is_number(n->text)) {
		ret->op = TEST_NUMBER;
		read_number(r, n, ret);
	} else if (is_plain && looks_like_number(n->text)) {
		complain(r->why, n, "digits as in 1000 or -0.25, or quotes if a string is meant",
		         "\"%.*s\" looks like a number", SPAN_ARG(n->text));
	} else {
		read_text(r, n, ret);
	}
}

static void
read_eq(struct reader *r, const struct node *n, void *to)
{
	read_scalar(r, n, to);
}

static void
read_in(struct reader *r, const struct node *n, void *to)
{
	struct value_test *test = to, *parts;

	test->op = TEST_ANY;
	if (!node_is_kind(n, NODE_LIST, r->why))
		return;
	parts = arena_new(r->arena, n->count * sizeof(*parts));
	NODE_EACH (n, item)
		read_scalar(r, item, &parts[item->index]);
	test->parts = parts;
	test->count = n->count;
	if (n->count == 0)
		complain_warning(r->why, n, "nothing is in an empty list");
}

static void
read_prefix(struct reader *r, const struct node *n, void *to)
{
	struct value_test *test = to;
	struct span text;

	test->op = TEST_PREFIX;
	if (node_string(n, r->why, &text))
		test->text = arena_copy(r->arena, text);
}

static void
read_regex(struct reader *r, const struct node *n, void *to)
{
	struct value_test *test = to;
	struct ruleset *rules = r->owner;
	struct flaw flaw = {0, ""};
	struct span text;

	test->op = TEST_REGEX;
	if (!node_string(n, r->why, &text))
		return;
	test->regex = regex_get(&rules->regexes, text, REGEX_PATH, &flaw);
	if (!test->regex)
		complain_within(r->why, n, flaw.offset, "%s", flaw.text);
	else if (lint_nests_quantifiers(text))
		complain_warning(r->why, n, "a repeated group repeats inside: values can be made "
		                 "that take so long to match that it cannot be told");
}

static void
read_gt(struct reader *r, const struct node *n, void *to)
{
	((struct value_test *)to)->op = TEST_GREATER;
	read_number(r, n, to);
}

static void
read_ge(struct reader *r, const struct node *n, void *to)
{
	((struct value_test *)to)->op = TEST_GREATER_OR_EQUAL;
	read_number(r, n, to);
}

static void
read_lt(struct reader *r, const struct node *n, void *to)
{
	((struct value_test *)to)->op = TEST_LESS;
	read_number(r, n, to);
}

static void
read_le(struct reader *r, const struct node *n, void *to)
{
	((struct value_test *)to)->op = TEST_LESS_OR_EQUAL;
	read_number(r, n, to);
}

static void
read_exists(struct reader *r, const struct node *n, void *to)
{
	struct value_test *test = to;

	test->op = TEST_EXISTS;
	(void)!node_bool(n, r->why, &test->boolean);
}

static void
read_not(struct reader *r, const struct node *n, void *to)
{
	struct value_test *test = to, *part = arena_new(r->arena, sizeof(*part));

	read_value_test(r, n, part);
	*test = (struct value_test){.op = TEST_NOT, .parts = part, .count = 1};
}

#define AT(key) .offset = offsetof(struct value_text, key)

/* clang-format off */
static const struct key value_test_keys[] = {
	{.name = "eq", .type = KEY_CUSTOM, AT(eq), .read = read_eq,
	 .form = "a string, a number, true or false", .help = "It is this value.",
	 .json_schema = JSON_SCHEMA_SCALAR},
	{.name = "in", .type = KEY_CUSTOM, AT(in), .read = read_in,
	 .form = "a list of strings, numbers, true or false", .help = "It is one of these.",
	 .json_schema = "{\"type\": \"array\", \"items\": " JSON_SCHEMA_SCALAR "}"},
	{.name = "prefix", .type = KEY_CUSTOM, AT(prefix), .read = read_prefix,
	 .form = "a string", .help = "It begins with these bytes.",
	 .json_schema = JSON_SCHEMA_TEXT},
	{.name = "regex", .type = KEY_CUSTOM, AT(regex), .read = read_regex,
	 .form = "a regular expression", .help = "The expression matches all of it.",
	 .json_schema = JSON_SCHEMA_TEXT},
	{.name = "gt", .type = KEY_CUSTOM, AT(gt), .read = read_gt, .form = "a number", .help = "It is greater.",
	 .json_schema = "{\"type\": \"number\"}"},
	{.name = "ge", .type = KEY_CUSTOM, AT(ge), .read = read_ge, .form = "a number", .help = "It is greater or equal.",
	 .json_schema = "{\"type\": \"number\"}"},
	{.name = "lt", .type = KEY_CUSTOM, AT(lt), .read = read_lt, .form = "a number", .help = "It is less.",
	 .json_schema = "{\"type\": \"number\"}"},
	{.name = "le", .type = KEY_CUSTOM, AT(le), .read = read_le, .form = "a number", .help = "It is less or equal.",
	 .json_schema = "{\"type\": \"number\"}"},
	{.name = "exists", .type = KEY_CUSTOM, AT(exists), .read = read_exists,
	 .form = "true or false", .help = "Whether it is there at all.",
	 .json_schema = "{\"type\": \"boolean\"}"},
	{.name = "not", .type = KEY_CUSTOM, AT(not), .read = read_not,
	 .form = "a value test", .help = "Turns a test round.",
	 .json_schema = JSON_SCHEMA_VALUE, .json_object = &value_test_schema},
};
/* clang-format on */

const struct schema value_test_schema = {
	.name = "a value test",
	.help = "All keys must hold.",
	.keys = value_test_keys,
	.key_count = ARRAY_LEN(value_test_keys),
	.size = sizeof(struct value_text),
};

static void
read_map(struct reader *r, const struct node *n, struct value_test *ret)
{
	struct value_text text = {.eq = {0}};
	struct value_test *parts = arena_new(r->arena, TESTS_MAX * sizeof(*parts));

	schema_read(r, &value_test_schema, n, &text);
	if (n->count == 0)
		complain(r->why, n, "eq, in, prefix, regex, gt, ge, lt, le, exists or not",
		         "asks nothing");
	*ret = (struct value_test){.op = TEST_ALL, .parts = parts};
	for (size_t i = 0; i < ARRAY_LEN(value_test_keys); i++) {
		const struct key *key = &value_test_keys[i];

		if (node_find(n, span_cstr(key->name)))
			memcpy(&parts[ret->count++], (const char *)&text + key->offset,
			       sizeof(*parts));
	}
}

void
read_value_test(struct reader *r, const struct node *n, void *to)
{
	size_t errors = complaints_errors(r->why);
	struct value_test *test = to;
	const char *trap;

	switch (n->kind) {
	case NODE_LIST:
		read_in(r, n, test);
		return;
	case NODE_MAP:
		read_map(r, n, test);
		break;
	case NODE_SCALAR:
	case NODE_BROKEN:
		read_scalar(r, n, test);
		return;
	}
	trap = complaints_errors(r->why) == errors ? lint_value_test(test) : NULL;
	if (trap)
		complain_warning(r->why, n, "%s", trap);
}
