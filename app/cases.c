/* Requests with the answers a policy should give them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cases.h"

#include "lib/base/document.h"
#include "lib/base/nearest.h"

enum { BODY_MAX = 1 << 20 };

struct as_text {
	struct span user;
	struct strings groups;
};

struct case_text {
	struct span name, request;
	struct as_text as;
	bool is_named;
	struct trial_field *fields;
	size_t field_count;
	struct span body;
	struct source source;
	struct wall now;
	struct expectation expect;
};

/* What the custom readers know beside the table. */
struct reading {
	const struct config *config;
};

bool
cases_find_person(const struct config *config, struct span user, struct person *ret)
{
	const struct identity_settings *all = &config->identity_settings;

	for (size_t i = 0; i < all->token_count; i++) {
		const struct identity_token *token = &all->tokens[i];

		if (!span_eq(token->user, user))
			continue;
		*ret = (struct person){token->user, token->groups, token->group_count,
		                       IDENTITY_TOKEN};
		return true;
	}
	return false;
}

/* clang-format off */
static const struct key as_keys[] = {
	{.name = "user", .type = KEY_STRING, .offset = offsetof(struct as_text, user), .is_required = true,
	 .help = "The caller's name."},
	{.name = "groups", .type = KEY_STRINGS, .offset = offsetof(struct as_text, groups),
	 .help = "The caller's groups."},
};
/* clang-format on */

static const struct schema as_schema = {
	.name = "a caller",
	.help = "Who asks, with groups of its own.",
	.keys = as_keys,
	.key_count = ARRAY_LEN(as_keys),
	.size = sizeof(struct as_text),
};

static void
complain_person(struct reader *r, const struct node *n, const struct config *config)
{
	struct nearest nearest = nearest_to(n->text);

	for (size_t i = 0; i < config->identity_settings.token_count; i++)
		nearest_try(&nearest,
		            arena_cstr(r->arena, config->identity_settings.tokens[i].user));
	complain_word(r->why, n, "a user of identity.tokens, or {user: NAME, groups: [...]}",
	              nearest.best);
}

static void
read_as(struct reader *r, const struct node *n, void *to)
{
	const struct reading *reading = r->owner;
	struct case_text *text = CONTAINER_OF(to, struct case_text, as);
	struct person person;
	struct span name;

	text->is_named = true;
	if (n->kind == NODE_MAP) {
		schema_read(r, &as_schema, n, &text->as);
		return;
	}
	if (!node_string(n, r->why, &name))
		return;
	if (!cases_find_person(reading->config, name, &person)) {
		complain_person(r, n, reading->config);
		return;
	}
	person = person_copy(&person, r->arena);
	text->as = (struct as_text){person.user, {(struct span *)(uintptr_t)person.groups,
	                                          person.group_count}};
}

static void
read_fields(struct reader *r, const struct node *n, void *to)
{
	struct case_text *text = CONTAINER_OF(to, struct case_text, fields);

	if (!node_is_kind(n, NODE_MAP, r->why))
		return;
	text->fields = arena_new(r->arena, n->count * sizeof(*text->fields));
	NODE_EACH (n, member) {
		struct trial_field *f = &text->fields[text->field_count];

		if (!node_string(member, r->why, &f->value))
			continue;
		f->name = arena_copy(r->arena, member->key);
		f->value = arena_copy(r->arena, f->value);
		text->field_count++;
	}
}

static void
read_source(struct reader *r, const struct node *n, void *to)
{
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	if (!source_read(text, to))
		complain(r->why, n, "an address, or unix", "\"%.*s\" is none", SPAN_ARG(text));
}

static void
read_time(struct reader *r, const struct node *n, void *to)
{
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	if (!wall_read(text, to))
		complain(r->why, n, "a time in UTC, as in 2026-11-22T08:00:00Z",
		         "\"%.*s\" is none", SPAN_ARG(text));
}

static const struct word outcomes[] = {
	{"allow", TRIAL_ALLOWED},
	{"deny", TRIAL_DENIED},
	{"approval", TRIAL_WAITS},
	{"refuse", TRIAL_REFUSED},
	{NULL, 0},
};

static const struct word would_words[] = {
	{"nothing", TRIAL_ALLOWED},
	{"deny", TRIAL_DENIED},
	{"hold", TRIAL_WAITS},
	{NULL, 0},
};

static void
read_from(struct reader *r, const struct node *n, void *to)
{
	struct expectation *expect = CONTAINER_OF(to, struct expectation, from);

	schema_read_strings(r, n, &expect->from);
	expect->has_from = true;
}

/* clang-format off */
static const struct key expect_keys[] = {
	{.name = "verdict", .type = KEY_WORD, .offset = offsetof(struct expectation, outcome), .words = outcomes,
	 .help = "What becomes of it."},
	{.name = "rule", .type = KEY_STRING, .offset = offsetof(struct expectation, rule), .help = "The rule that says so."},
	{.name = "problem", .type = KEY_STRING, .offset = offsetof(struct expectation, problem), .help = "The problem's name."},
	{.name = "status", .type = KEY_INTEGER, .offset = offsetof(struct expectation, status), .bounds = {100, 599}, .help = "The status the caller gets."},
	{.name = "from", .type = KEY_CUSTOM, .offset = offsetof(struct expectation, from), .read = read_from,
	 .form = "a group or a list of groups", .help = "The groups that are asked."},
	{.name = "title", .type = KEY_STRING, .offset = offsetof(struct expectation, title), .help = "What approvers read."},
	{.name = "would", .type = KEY_WORD, .offset = offsetof(struct expectation, would), .words = would_words,
	 .help = "What rules that are observed would have done."},
};
/* clang-format on */

static const struct schema expect_schema = {
	.name = "an expectation",
	.help = "What is left out is not looked at.",
	.keys = expect_keys,
	.key_count = ARRAY_LEN(expect_keys),
	.size = sizeof(struct expectation),
};

static void
read_expect(struct reader *r, const struct node *n, void *to)
{
	static const struct key word = {.name = "expect", .type = KEY_WORD, .words = outcomes};
	struct expectation *expect = to;

	if (n->kind == NODE_MAP)
		schema_read(r, &expect_schema, n, expect);
	else
		schema_read_value(r, &word, n, &expect->outcome);
}

/* clang-format off */
static const struct key case_keys[] = {
	{.name = "name", .type = KEY_STRING, .offset = offsetof(struct case_text, name), .is_required = true,
	 .help = "What the case claims."},
	{.name = "request", .type = KEY_STRING, .offset = offsetof(struct case_text, request), .is_required = true,
	 .help = "METHOD and URL."},
	{.name = "as", .type = KEY_CUSTOM, .offset = offsetof(struct case_text, as), .read = read_as,
	 .form = "a user, or {user, groups}", .help = "Who asks; left out: nobody is named."},
	{.name = "headers", .type = KEY_CUSTOM, .offset = offsetof(struct case_text, fields), .read = read_fields,
	 .form = "a map", .help = "Header names and values."},
	{.name = "body", .type = KEY_STRING, .offset = offsetof(struct case_text, body), .help = "The body, as text."},
	{.name = "source", .type = KEY_CUSTOM, .offset = offsetof(struct case_text, source), .read = read_source,
	 .form = "an address, or unix", .help = "Where it comes from; 127.0.0.1 if left out."},
	{.name = "time", .type = KEY_CUSTOM, .offset = offsetof(struct case_text, now), .read = read_time,
	 .form = "a time", .help = "When it begins; now if left out."},
	{.name = "expect", .type = KEY_CUSTOM, .offset = offsetof(struct case_text, expect), .read = read_expect, .is_required = true,
	 .form = "a verdict, or a map", .help = "What should become of it."},
};

static const struct schema case_schema = {
	.name = "a case",
	.help = "One request and what should become of it.",
	.keys = case_keys,
	.key_count = ARRAY_LEN(case_keys),
	.size = sizeof(struct case_text),
};

struct file_text {
	const struct node *cases;
};

static const struct key file_keys[] = {
	{.name = "cases", .type = KEY_NODE, .offset = offsetof(struct file_text, cases), .is_required = true,
	 .help = "The cases."},
};
/* clang-format on */

static const struct schema file_schema = {
	.name = "a file of cases",
	.help = "Requests and what a policy should say of them.",
	.keys = file_keys,
	.key_count = ARRAY_LEN(file_keys),
	.size = sizeof(struct file_text),
};

static void
take_request(struct reader *r, const struct node *n, const struct case_text *text,
             struct trial_request *ret)
{
	size_t blank = span_find(text->request, ' ');

	*ret = (struct trial_request){
		.method = span_of(text->request.ptr, blank),
		.url = span_trim(span_from(text->request, blank)),
		.fields = text->fields,
		.field_count = text->field_count,
		.body = text->body,
		.has_body = text->body.len > 0,
		.guesses_type = true,
		.source = text->source,
		.now = text->now,
	};
	if (text->is_named)
		ret->requester = (struct person){text->as.user, text->as.groups.at,
		                                 text->as.groups.count, IDENTITY_TOKEN};
	if (text->request.len && ret->url.len == 0)
		complain(r->why, node_find(n, SPAN("request")), "METHOD and URL, as in GET /a?b=c",
		         "there is no URL");
}

static void
read_case(struct reader *r, const struct node *n, struct one_case *ret)
{
	struct case_text text = {.expect = {.outcome = -1, .would = -1}, .now = clock_wall()};
	bool is_local UNUSED = source_read(SPAN("127.0.0.1"), &text.source);

	schema_read(r, &case_schema, n, &text);
	take_request(r, n, &text, &ret->request);
	ret->name = text.name;
	ret->expect = text.expect;
	ret->at = n;
}

bool
cases_read(struct cases *ret, const char *path, const struct config *config,
           struct complaints *why)
{
	struct reading reading = {config};
	struct reader r = {.why = why, .arena = &ret->arena, .owner = &reading};
	struct file_text text = {NULL};

	*ret = (struct cases){.document = document_load(path, why)};
	if (!ret->document)
		return false;
	schema_read(&r, &file_schema, document_root(ret->document), &text);
	if (!text.cases || !node_is_kind(text.cases, NODE_LIST, why))
		return false;
	ret->count = text.cases->count;
	ret->at = arena_new(&ret->arena, ret->count * sizeof(*ret->at));
	NODE_EACH (text.cases, n)
		read_case(&r, n, &ret->at[n->index]);
	return complaints_errors(why) == 0;
}

void
cases_clear(struct cases *c)
{
	arena_clear(&c->arena);
	document_free(c->document);
}
