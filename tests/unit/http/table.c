/* Cases from tests/tables/http. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/http/table.h"

#include <stdio.h>
#include <stdlib.h>

static const struct head_limits usual_limits = {32768, 8192, 100, false};

void
table_escape(struct buf *to, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];

		if (byte == '\\')
			buf_add(to, SPAN("\\\\"));
		else if (byte >= 0x20 && byte < 0x7f)
			buf_addc(to, (char)byte);
		else
			buf_addf(to, "\\x%02x", byte);
	}
}

/* "{text*N}" behind a backslash; returns its length, 0 when it is not that. */
static size_t
unescape_repeat(struct span s, struct buf *to)
{
	size_t star = span_find(s, '*'), end = span_find(s, '}');
	uint64_t count;

	if (star == s.len || end == s.len || star > end ||
	    !span_to_u64(span_of(s.ptr + star + 1, end - star - 1), 1000000, &count))
		return 0;
	while (count--)
		buf_add(to, span_of(s.ptr + 1, star - 1));
	return end + 1;
}

/* What stands behind a backslash; returns its length, 0 when it means nothing. */
static size_t
unescape_one(struct span s, struct buf *to)
{
	static const char letters[] = "r\rn\nt\t\\\\";

	if (s.len == 0)
		return 0;
	if (s.ptr[0] == '{')
		return unescape_repeat(s, to);
	if (s.ptr[0] == 'x') {
		if (s.len < 3 || ascii_hex(s.ptr[1]) < 0 || ascii_hex(s.ptr[2]) < 0)
			return 0;
		buf_addc(to, (char)(ascii_hex(s.ptr[1]) << 4 | ascii_hex(s.ptr[2])));
		return 3;
	}
	for (size_t i = 0; i + 1 < sizeof(letters); i += 2) {
		if (letters[i] == s.ptr[0]) {
			buf_addc(to, letters[i + 1]);
			return 1;
		}
	}
	return 0;
}

static bool
unescape(struct span s, struct buf *to)
{
	for (size_t i = 0; i < s.len; i++) {
		size_t len;

		if (s.ptr[i] != '\\') {
			buf_addc(to, s.ptr[i]);
			continue;
		}
		len = unescape_one(span_from(s, i + 1), to);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

static bool
read_bodies_on(struct table_case *c, struct span names)
{
	struct span name;
	enum method method;

	while (span_cut(&names, ',', &name)) {
		if (!method_read(name, &method))
			return false;
		c->options.bodies_on |= 1u << method;
	}
	return true;
}

static bool
read_option(struct table_case *c, struct span word)
{
	if (span_starts(word, SPAN("bodies_on=")))
		return read_bodies_on(c, span_from(word, sizeof("bodies_on=") - 1));
	if (span_eq(word, SPAN("encoded_slash")))
		c->options.keeps_encoded_slash = true;
	else if (span_eq(word, SPAN("matrix")))
		c->options.keeps_matrix = true;
	else if (span_eq(word, SPAN("percent25")))
		c->options.keeps_percent25 = true;
	else if (span_eq(word, SPAN("utf8")))
		c->options.takes_utf8 = c->limits.may_be_utf8 = true;
	else if (span_eq(word, SPAN("tls")))
		c->is_tls = true;
	else
		return false;
	return true;
}

static bool
read_limit(struct table_case *c, struct span word)
{
	size_t equals = span_find(word, '=');
	struct span name = span_of(word.ptr, equals);
	uint64_t value;

	if (equals == word.len || !span_to_u64(span_from(word, equals + 1), 1000000, &value))
		return false;
	if (span_eq(name, SPAN("head_max")))
		c->limits.head_max = value;
	else if (span_eq(name, SPAN("target_max")))
		c->limits.target_max = value;
	else if (span_eq(name, SPAN("headers_max")))
		c->limits.headers_max = value;
	else
		return false;
	return true;
}

static bool
read_rule(struct table_case *c, struct span word)
{
	uint64_t rule;

	if (!span_to_u64(word, TABLE_RULES_MAX - 1, &rule))
		return false;
	c->rules[rule] = 1;
	return true;
}

static bool
each_word(struct table_case *c, struct span words, bool (*read)(struct table_case *, struct span))
{
	struct span word;

	while (span_cut(&words, ' ', &word)) {
		if (!read(c, word))
			return false;
	}
	return true;
}

static bool
is_expectation(struct span key)
{
	static const char *const keys[] = {
		"fault", "more", "method", "host", "port", "path", "query", "no_query", "status",
		"kind", "body", "persists", "continue", "field", "no_fields", "left"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (span_eq(key, span_cstr(keys[i])))
			return true;
	}
	return false;
}

static bool
add_expectation(struct table_case *c, struct span key, struct span value)
{
	struct buf plain = BUF_INIT(1 << 20);
	bool is_good = unescape(value, &plain);

	buf_add(&c->expected, key);
	buf_add(&c->expected, SPAN(": "));
	table_escape(&c->expected, buf_span(&plain));
	buf_addc(&c->expected, '\n');
	buf_clear(&plain);
	return is_good;
}

static bool
read_pair(struct table_case *c, struct span key, struct span value)
{
	if (span_eq(key, SPAN("case"))) {
		snprintf(c->name, sizeof(c->name), "%.*s", SPAN_ARG(value));
		return value.len > 0;
	}
	if (span_eq(key, SPAN("rule")))
		return each_word(c, value, read_rule);
	if (span_eq(key, SPAN("options")))
		return each_word(c, value, read_option);
	if (span_eq(key, SPAN("limits")))
		return each_word(c, value, read_limit);
	if (span_eq(key, SPAN("bytes")))
		return unescape(value, &c->bytes);
	if (span_eq(key, SPAN("to")))
		return method_read(value, &c->asked);
	if (span_eq(key, SPAN("reads"))) {
		c->is_answer = span_eq(value, SPAN("answer"));
		return c->is_answer || span_eq(value, SPAN("request"));
	}
	return is_expectation(key) && add_expectation(c, key, value);
}

static bool
read_line(struct table_case *c, struct span line)
{
	size_t colon = 0;

	while (colon < line.len && line.ptr[colon] != ':')
		colon++;
	if (colon == line.len)
		return false;
	if (colon + 1 == line.len)
		return read_pair(c, span_of(line.ptr, colon), SPAN(""));
	if (line.ptr[colon + 1] != ' ')
		return false;
	return read_pair(c, span_of(line.ptr, colon), span_from(line, colon + 2));
}

static void
begin(struct table_case *c)
{
	buf_clear(&c->bytes);
	buf_clear(&c->expected);
	*c = (struct table_case){.limits = usual_limits, .bytes = BUF_INIT(1 << 20),
	                         .expected = BUF_INIT(1 << 20)};
}

static void
end(struct table_case *c, table_fn *fn, void *ctx)
{
	if (c->name[0])
		fn(ctx, c);
	begin(c);
}

bool
table_each(const char *path, table_fn *fn, void *ctx)
{
	struct table_case c = {.line = 0};
	FILE *file = fopen(path, "r");
	bool is_good = file != NULL;
	char *text = NULL;
	size_t cap = 0;
	ssize_t len;

	begin(&c);
	for (unsigned line = 1; is_good && (len = getline(&text, &cap, file)) >= 0; line++) {
		if (len && text[len - 1] == '\n')
			len--;
		if (len == 0)
			end(&c, fn, ctx);
		else if (text[0] != '#')
			is_good = read_line(&c, span_of(text, (size_t)len));
		if (!is_good)
			fprintf(stderr, "%s:%u: this line is not understood\n", path, line);
		if (!c.line)
			c.line = line;
	}
	if (!file)
		perror(path);
	if (is_good)
		end(&c, fn, ctx);
	begin(&c);
	free(text);
	if (file)
		fclose(file);
	return is_good;
}
