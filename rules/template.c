/* Path templates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/template.h"

/* Leaves room below REQUEST_SEGMENTS_MAX, so that every segment a template looks at is kept. */
enum { TEMPLATE_SEGMENTS_MAX = 64, VARIABLE_NAME_MAX = 32 };

/* A template while it is read. */
struct reading {
	struct span text;
	size_t at;
	struct arena *arena;
	struct regexes *regexes;
	struct template *template;
	struct flaw *flaw;
};

static bool
is_unreserved(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || (c && strchr("-._~", c));
}

static bool
escape_is_canonical(struct reading *r, struct span rest, size_t offset)
{
	int high = rest.len < 3 ? -1 : ascii_hex(rest.ptr[1]);
	int low = rest.len < 3 ? -1 : ascii_hex(rest.ptr[2]);
	char c = (char)(high < 0 || low < 0 ? 0 : high << 4 | low);

	if (high < 0 || low < 0)
		flaw_set(r->flaw, offset, "\"%%\" starts an escape of two hex digits");
	else if (is_unreserved(c))
		flaw_set(r->flaw, offset, "write \"%c\" instead of \"%.3s\": requests are "
		         "matched with it unescaped", c, rest.ptr);
	else if (ascii_upper(rest.ptr[1]) != rest.ptr[1] || ascii_upper(rest.ptr[2]) != rest.ptr[2])
		flaw_set(r->flaw, offset, "write \"%%%02X\" instead of \"%.3s\": escapes have "
		         "capital hex digits", (unsigned)(unsigned char)c, rest.ptr);
	else
		return true;
	return false;
}

/* Whether a canonical path can contain the byte; the message says what to write instead. */
static bool
byte_is_canonical(struct reading *r, struct span rest, size_t offset)
{
	char c = rest.ptr[0];

	if (c == '%')
		return escape_is_canonical(r, rest, offset);
	if (is_unreserved(c) || (c && strchr("!$&'()+,;=:@", c)))
		return true;
	if (c == '?')
		flaw_set(r->flaw, offset, "the query is not part of the path");
	else if (c == '*')
		flaw_set(r->flaw, offset, "\"*\" stands for a whole segment, \"**\" for the rest "
		         "of the path at its end; path_regex can match parts of a segment");
	else if (c == '{' || c == '}')
		flaw_set(r->flaw, offset, "a variable stands for a whole segment, as in "
		         "\"/{name}/\"; path_regex can match parts of a segment");
	else
		flaw_set(r->flaw, offset, "no path contains this byte; write \"%%%02X\"",
		         (unsigned)(unsigned char)c);
	return false;
}

static struct template_segment *
add_segment(struct reading *r)
{
	struct template *t = r->template;

	if (t->count == TEMPLATE_SEGMENTS_MAX) {
		flaw_set(r->flaw, r->at, "a path template has at most %d segments",
		         TEMPLATE_SEGMENTS_MAX);
		return NULL;
	}
	return &t->segments[t->count++];
}

static bool
read_literal(struct reading *r, struct span text)
{
	struct template_segment *segment;

	for (size_t i = 0; i < text.len; i++) {
		if (!byte_is_canonical(r, span_from(text, i), r->at + i))
			return false;
	}
	if (text.len == 0 || span_eq(text, SPAN(".")) || span_eq(text, SPAN(".."))) {
		flaw_set(r->flaw, r->at, "no path that is let in has a segment \"%.*s\"",
		         SPAN_ARG(text));
		return false;
	}
	segment = add_segment(r);
	if (!segment)
		return false;
	*segment = (struct template_segment){.text = text};
	return true;
}

static bool
name_is_good(struct span name)
{
	if (name.len == 0 || name.len > VARIABLE_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '_' && c != '-')
			return false;
	}
	return true;
}

/* "{name}" or "{name:regex}", braces included. */
static bool
read_variable(struct reading *r, struct span text)
{
	struct span inner = span_of(text.ptr + 1, text.len - 2);
	size_t colon = span_find(inner, ':');
	struct span name = span_of(inner.ptr, colon);
	struct template_segment *segment;

	if (!name_is_good(name)) {
		flaw_set(r->flaw, r->at + 1, "the name of a variable has 1 to %d letters, digits, "
		         "\"_\" or \"-\"", VARIABLE_NAME_MAX);
		return false;
	}
	if (template_has_variable(r->template, name)) {
		flaw_set(r->flaw, r->at + 1, "there are two variables \"%.*s\"", SPAN_ARG(name));
		return false;
	}
	segment = add_segment(r);
	if (!segment)
		return false;
	*segment = (struct template_segment){.is_variable = true, .text = name};
	if (colon == inner.len)
		return true;
	segment->regex = regex_get(r->regexes, span_from(inner, colon + 1), REGEX_PATH, r->flaw);
	if (!segment->regex)
		r->flaw->offset += r->at + 1 + colon + 1;
	return segment->regex;
}

/* Length of a variable with its braces; pairs of braces nest, for "{id:[0-9]{3}}". */
static size_t
variable_length(struct span text)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\')
			i++;
		else if (text.ptr[i] == '{')
			depth++;
		else if (text.ptr[i] == '}' && --depth == 0)
			return i + 1;
	}
	return 0;
}

static bool
read_rest(struct reading *r, struct span text)
{
	if (text.len != 2) {
		flaw_set(r->flaw, r->at, "\"**\" stands only at the end of a path");
		return false;
	}
	r->template->takes_rest = true;
	r->at += 2;
	return true;
}

/* One segment, from r->at to the next slash or the end. */
static bool
read_segment(struct reading *r)
{
	struct span rest = span_from(r->text, r->at);
	size_t len = span_find(rest, '/');
	bool is_good;

	if (rest.ptr[0] == '{') {
		len = variable_length(rest);
		if (len == 0) {
			flaw_set(r->flaw, r->at, "this brace is never closed");
			return false;
		}
		if (len < rest.len && rest.ptr[len] != '/')
			return byte_is_canonical(r, rest, r->at);
		is_good = read_variable(r, span_of(rest.ptr, len));
	} else if (span_starts(rest, SPAN("**"))) {
		return read_rest(r, rest);
	} else if (len == 1 && rest.ptr[0] == '*') {
		struct template_segment *segment = add_segment(r);

		is_good = segment;
		if (segment)
			*segment = (struct template_segment){.is_variable = true};
	} else {
		is_good = read_literal(r, span_of(rest.ptr, len));
	}
	r->at += len;
	return is_good;
}

bool
template_read(struct span text, struct arena *arena, struct regexes *regexes,
              struct template *ret, struct flaw *ret_flaw)
{
	struct template_segment segments[TEMPLATE_SEGMENTS_MAX];
	struct template t = {.text = text, .segments = segments};
	struct reading r = {text, 1, arena, regexes, &t, ret_flaw};

	if (text.len == 0 || text.ptr[0] != '/') {
		flaw_set(ret_flaw, 0, "a path starts with \"/\"");
		return false;
	}
	t.ends_with_slash = text.ptr[text.len - 1] == '/';
	while (r.at < text.len) {
		if (!read_segment(&r))
			return false;
		if (r.at < text.len)
			r.at++;
	}
	t.segments = arena_new(arena, t.count * sizeof(segments[0]));
	if (t.count)
		memcpy(t.segments, segments, t.count * sizeof(segments[0]));
	*ret = t;
	return true;
}

void
template_widen(struct template *t)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->segments[i].regex)
			regex_widen(t->segments[i].regex);
	}
}

/* A variable's expression against a variant of the segment. */
static enum truth
test_variants(const struct regex *regex, struct span segment)
{
	char unescaped[512];
	struct span plain;

	if (regex_test_caseless(regex, segment) != TRUTH_FALSE)
		return TRUTH_CANNOT_TELL;
	if (!span_contains(segment, '%'))
		return TRUTH_FALSE;
	if (segment.len > sizeof(unescaped))
		return TRUTH_CANNOT_TELL;
	plain = span_of(unescaped, path_unescape(segment, unescaped));
	return truth_and(regex_test_caseless(regex, plain), TRUTH_CANNOT_TELL);
}

static enum truth
test_segment(const struct template_segment *wanted, struct span segment, bool is_wide)
{
	enum truth truth;

	if (!wanted->is_variable) {
		if (span_eq(wanted->text, segment))
			return TRUTH_TRUE;
		return is_wide && segment_is_variant(wanted->text, segment) ? TRUTH_CANNOT_TELL
		                                                            : TRUTH_FALSE;
	}
	if (!wanted->regex)
		return TRUTH_TRUE;
	truth = regex_test(wanted->regex, segment);
	if (truth == TRUTH_FALSE && is_wide)
		truth = test_variants(wanted->regex, segment);
	return truth;
}

/* What the number of segments and the slash at the end say. */
static enum truth
test_shape(const struct template *t, const struct path *path, bool is_wide)
{
	bool is_exact;

	if (path->is_asterisk || path->count < t->count)
		return TRUTH_FALSE;
	if (t->takes_rest && path->count > t->count)
		return TRUTH_TRUE;
	if (path->count > t->count)
		return TRUTH_FALSE;
	/* "/a/" is below "/a/", "/a" is not. */
	is_exact = t->takes_rest ? path->ends_with_slash
	                         : path->ends_with_slash == t->ends_with_slash;
	if (is_exact)
		return TRUTH_TRUE;
	return is_wide ? TRUTH_CANNOT_TELL : TRUTH_FALSE;
}

enum truth
template_test(const struct template *t, const struct path *path, bool is_wide)
{
	enum truth truth = test_shape(t, path, is_wide);

	for (size_t i = 0; i < t->count && truth != TRUTH_FALSE; i++)
		truth = truth_and(truth, test_segment(&t->segments[i], path->segments[i], is_wide));
	return truth;
}

static size_t
find_variable(const struct template *t, struct span name)
{
	size_t i = 0;

	for (; i < t->count; i++) {
		const struct template_segment *s = &t->segments[i];

		if (s->is_variable && s->text.len && span_eq(s->text, name))
			break;
	}
	return i;
}

bool
template_has_variable(const struct template *t, struct span name)
{
	return find_variable(t, name) < t->count;
}

bool
template_capture(const struct template *t, const struct path *path, struct span name,
                 struct span *ret)
{
	size_t i = find_variable(t, name);

	if (i >= t->count || i >= path->count)
		return false;
	*ret = path->segments[i];
	return true;
}
