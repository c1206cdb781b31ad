/* Requests in a line of a table, and what is bound of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/approvals/shapes.h"

#include "approvals/shown_bind.h"

static const char *
or_else(const char *given, const char *plain)
{
	return given ? given : plain;
}

static bool
names_caller(const void *ctx UNUSED, const struct head *h, const struct field *f)
{
	return span_eq_nocase(head_part(h, f->name), SPAN("X-Who"));
}

static void
make_request(struct shaped *ret, const struct shape *s, const char *body)
{
	static const struct head_limits limits = {4096, 1024, 50, false};
	static const struct request_options options = {.bodies_on = 1 << METHOD_GET};
	enum fault fault = FAULT_NONE;
	const char *fields = or_else(s->fields, "");
	bool has_type = strstr(fields, "Content-Type") != NULL;

	snprintf(ret->bytes, sizeof(ret->bytes),
	         "%s HTTP/1.1\r\nHost: h\r\n%s%sContent-Length: %zu\r\n\r\n",
	         or_else(s->line, "POST /a?x=1"), fields,
	         has_type ? "" : "Content-Type: application/json\r\n", strlen(body));
	head_reset(&ret->head, HEAD_REQUEST);
	assert_int_equal(head_read(&ret->head, span_cstr(ret->bytes), &limits, &fault),
	                 PROGRESS_DONE);
	assert_int_equal(request_read_host(&ret->request, &ret->head, false, &ret->arena),
	                 FAULT_NONE);
	assert_int_equal(request_read(&ret->request, &ret->head, &options, &ret->arena),
	                 FAULT_NONE);
}

/* The JSON is gone when it was read; what was borrowed of it is not. */
static struct bind
read_bind(const char *text, struct arena *arena)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
	const struct bind *bind;
	struct bind copy;

	assert_non_null(json);
	assert_true(shown_bind_read(&bind, json, arena));
	copy = *bind;
	for (size_t i = 0; i < copy.count; i++) {
		struct bind_part *part = arena_new(arena, sizeof(*part));

		*part = *copy.parts[i];
		part->name = arena_copy(arena, part->name);
		copy.parts[i] = part;
	}
	json_decref(json);
	bind_settle(&copy);
	return copy;
}

void
shape_make(struct shaped *ret, const struct shape *s, const char *bind)
{
	const char *user = or_else(s->user, "alice"), *body = or_else(s->body, "{\"n\":1}");

	*ret = (struct shaped){0};
	make_request(ret, s, body);
	ret->person = (struct person){.user = span_cstr(user),
	                              .source = *user ? IDENTITY_TOKEN : IDENTITY_NONE};
	ret->effect = digest_of(span_cstr(or_else(s->effect, "effect")));
	ret->requirement = (struct requirement){
		.needs = {{SPAN("sre"), 1}},
		.need_count = 1,
		.uses = 1,
		.bind = read_bind(or_else(bind, "\"exact\""), &ret->arena),
		.effect = ret->effect,
	};
	ret->bindable = (struct bindable){
		.namespace = span_cstr(or_else(s->namespace, "n")),
		.site = span_cstr(or_else(s->site, "s")),
		.rule = span_cstr(or_else(s->rule, "r")),
		.effect = &ret->effect,
		.requester = &ret->person,
		.anonymous_source = span_cstr(or_else(s->source, "10.0.0.1")),
		.request = &ret->request,
		.bind = &ret->requirement.bind,
		.upstream_host = span_cstr(or_else(s->host, "up")),
		.body = span_cstr(body),
		.inspected_body_max = 100,
		.binding_secret = span_cstr(or_else(s->secret, "0123456789abcdef")),
		.is_identity = names_caller,
	};
}

void
shape_clear(struct shaped *s)
{
	arena_clear(&s->arena);
}

enum fault
shape_fault(const struct shape *s, const char *bind)
{
	struct shaped shaped;
	struct digest digest;
	enum fault fault;

	shape_make(&shaped, s, bind);
	fault = binding_digest(&shaped.bindable, &digest);
	shape_clear(&shaped);
	return fault;
}

struct digest
shape_digest(const struct shape *s, const char *bind)
{
	struct shaped shaped;
	struct digest digest = {{0}};

	shape_make(&shaped, s, bind);
	assert_int_equal(binding_digest(&shaped.bindable, &digest), FAULT_NONE);
	shape_clear(&shaped);
	return digest;
}

void
pairs_check(const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct digest a = shape_digest(&pairs[i].a, pairs[i].bind);
		struct digest b = shape_digest(&pairs[i].b, pairs[i].bind);

		if (digest_eq(&a, &b) != pairs[i].is_same)
			fail_msg("%s: %s", pairs[i].name,
			         pairs[i].is_same ? "must be the same" : "must differ");
	}
}
