/* A second reader of parameters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/http/naive_parameters.h"

#include <stdlib.h>

#include "lib/http/parameters.h"

/* A text that can be changed. */
struct text {
	char *ptr;
	size_t len;
};

static struct text
copy(struct span s)
{
	struct text t = {malloc(s.len + 1), s.len};

	if (!t.ptr)
		abort();
	if (s.len)
		memcpy(t.ptr, s.ptr, s.len);
	t.ptr[s.len] = '\0';
	return t;
}

static void
cut(struct text *t, size_t from, size_t count)
{
	memmove(t->ptr + from, t->ptr + from + count, t->len - from - count + 1);
	t->len -= count;
}

static bool
is_escape(const struct text *t, size_t at)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	return at + 2 < t->len && t->ptr[at] == '%' && t->ptr[at + 1] && t->ptr[at + 2] &&
	       strchr(digits, t->ptr[at + 1]) && strchr(digits, t->ptr[at + 2]);
}

static void
replace(struct text *t, char from, char to)
{
	for (size_t i = 0; i < t->len; i++) {
		if (t->ptr[i] == from)
			t->ptr[i] = to;
	}
}

static void
decode(struct text *t)
{
	for (size_t i = 0; i < t->len; i++) {
		if (is_escape(t, i)) {
			char pair[] = {t->ptr[i + 1], t->ptr[i + 2], '\0'};

			t->ptr[i] = (char)strtoul(pair, NULL, 16);
			cut(t, i + 1, 2);
		}
	}
}

static void
trim(struct text *t)
{
	while (t->len && t->ptr[0] == ' ')
		cut(t, 0, 1);
	while (t->len && t->ptr[t->len - 1] == ' ')
		cut(t, t->len - 1, 1);
}

static bool
is_like(const struct text *t, struct span wanted)
{
	struct text one = copy(span_of(t->ptr, t->len)), other = copy(wanted);
	bool is;

	replace(&one, ' ', '_');
	replace(&one, '.', '_');
	replace(&other, '+', '_');
	replace(&other, ' ', '_');
	replace(&other, '.', '_');
	is = span_eq_nocase(span_of(one.ptr, one.len), span_of(other.ptr, other.len));
	free(one.ptr);
	free(other.ptr);
	return is;
}

/* What is left of a name when nobody's "[]" stands behind it. */
static struct span
base_of(struct span name)
{
	for (;;) {
		while (name.len && (name.ptr[0] == ' ' || name.ptr[0] == '+'))
			name = span_from(name, 1);
		while (name.len &&
		       (name.ptr[name.len - 1] == ' ' || name.ptr[name.len - 1] == '+'))
			name.len--;
		if (name.len <= 2 || !span_ends(name, SPAN("[]")))
			return name;
		name.len -= 2;
	}
}

/* Whether it is alike when it ends after `len` bytes. */
static bool
is_like_until(const struct text *t, size_t len, struct span base)
{
	struct text front = copy(span_of(t->ptr, len));
	bool is;

	trim(&front);
	is = is_like(&front, base);
	free(front.ptr);
	return is;
}

/* `t` is decoded once. */
static bool
is_variant(struct text *t, struct span name)
{
	struct span base = base_of(name);
	bool is;

	decode(t);
	replace(t, '+', ' ');
	t->len = strlen(t->ptr);
	trim(t);
	is = is_like(t, base);
	for (size_t i = 0; t->len && t->ptr[t->len - 1] == ']' && i < t->len; i++)
		is |= t->ptr[i] == '[' && is_like_until(t, i, base);
	return is;
}

/* 0 another, 1 a variant, 2 the name. */
static int
likeness(struct span raw, struct span name, bool is_form)
{
	struct text t = copy(raw);
	int like;

	if (is_form)
		replace(&t, '+', ' ');
	decode(&t);
	if (span_eq(span_of(t.ptr, t.len), name) && (is_form || !span_contains(raw, '+')))
		like = 2;
	else
		like = is_variant(&t, name);
	free(t.ptr);
	return like;
}

static bool
is_value(struct span value, struct span raw, bool plus_is_blank)
{
	struct text t = copy(raw);
	bool is;

	if (plus_is_blank)
		replace(&t, '+', ' ');
	decode(&t);
	is = span_eq(value, span_of(t.ptr, t.len));
	free(t.ptr);
	return is;
}

static bool
is_opaque(struct span value)
{
	struct text t = copy(value);
	bool is = strlen(t.ptr) < t.len;

	for (size_t i = 0; i < t.len; i++)
		is |= is_escape(&t, i);
	free(t.ptr);
	return is;
}

static const char *
check_value(const struct parameter *p, struct span raw, bool is_form)
{
	if (!is_value(p->value, raw, is_form))
		return "a value is decoded to something else";
	if (!is_value(p->other, raw, is_form || p->has_other))
		return "a value's second reading is another";
	if (p->has_other != (!is_form && span_contains(raw, '+')))
		return "a value has one reading too few or too many";
	return p->is_opaque == is_opaque(p->value) ? NULL : "is_opaque differs";
}

static enum parameter_found
search(struct span parameters, struct span name, bool is_form, struct span *ret_raw)
{
	unsigned exact = 0, variants = 0;
	struct span rest = parameters, piece;

	while (span_cut(&rest, '&', &piece)) {
		struct span value = piece, key = piece;
		int like;

		if (piece.len == 0)
			continue;
		if (!span_cut(&value, '=', &key))
			key = SPAN_NONE;
		like = likeness(key, name, is_form);
		exact += like == 2;
		variants += like == 1;
		if (like)
			*ret_raw = value;
	}
	if (exact + variants > 1)
		return PARAMETER_REPEATED;
	if (variants || span_contains(parameters, ';'))
		return PARAMETER_DOUBTFUL;
	return exact ? PARAMETER_FOUND : PARAMETER_ABSENT;
}

const char *
parameters_again(struct span parameters, struct span name, bool is_form)
{
	struct arena arena = {0};
	struct parameter p;
	struct span raw = SPAN_NONE;
	enum parameter_found found = parameter_find(parameters, name, is_form, &arena, &p);
	const char *why = NULL;

	if (found != search(parameters, name, is_form, &raw))
		why = "what was found of a name differs";
	else if (found == PARAMETER_FOUND)
		why = check_value(&p, raw, is_form);
	arena_clear(&arena);
	return why;
}

bool
naive_has_method(struct span parameters)
{
	struct span piece, key;

	while (span_cut(&parameters, '&', &piece)) {
		if (span_cut(&piece, '=', &key) && likeness(key, SPAN("_method"), true))
			return true;
	}
	return false;
}
