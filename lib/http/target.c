/* Request targets in one form. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/target.h"

#include "lib/base/buf.h"
#include "lib/base/utf8.h"
#include "lib/http/bytes.h"
#include "lib/http/parameter_name.h"
#include "lib/http/unicode.h"

/*
 * A walk over a path, character by character.  A part is what some program may take for a
 * segment: a segment, or where the site keeps ';' and '%2F', what stands between these.
 */
struct walk {
	const struct request_options *options;
	struct span path;
	size_t at;
	size_t segments;
	size_t part_len, part_dots; /* characters so far; how many of them are dots */
	char part_first, part_last;
	bool is_segment_start;      /* no part of this segment has ended yet */
	bool differs;               /* from the canonical form */
};

static void
add(struct walk *w, char c)
{
	if (w->part_len++ == 0)
		w->part_first = c;
	w->part_last = c;
	w->part_dots += c == '.';
}

/* Plain bytes.  Dots only count in parts of one or two, so longer runs need no look. */
static void
add_run(struct walk *w, struct span run)
{
	if (run.len <= 2) {
		add(w, run.ptr[0]);
		if (run.len == 2)
			add(w, run.ptr[1]);
		return;
	}
	if (w->part_len == 0)
		w->part_first = run.ptr[0];
	w->part_last = run.ptr[run.len - 1];
	w->part_len += run.len;
}

static enum fault
end_part(struct walk *w)
{
	size_t len = w->part_len;

	if (len && w->part_last == '.')
		return w->part_dots == len && len <= 2 ? FAULT_PATH_DOTS
		                                       : FAULT_PATH_TRAILING_DOT;
	if (len && (w->part_first == ' ' || w->part_last == ' '))
		return FAULT_PATH_BLANK;
	w->part_len = w->part_dots = 0;
	w->is_segment_start = false;
	return FAULT_NONE;
}

static enum fault
end_segment(struct walk *w, bool is_last)
{
	bool is_empty = w->part_len == 0 && w->is_segment_start;
	enum fault fault = end_part(w);

	w->is_segment_start = true;
	if (fault)
		return fault;
	if (is_empty && !is_last)
		return FAULT_PATH_EMPTY_SEGMENT;
	return ++w->segments > REQUEST_SEGMENTS_MAX ? FAULT_PATH_TOO_DEEP : FAULT_NONE;
}

/* ';' or "%3B".  Who strips parameters must be left with a name: "/;x/" is "//" to him. */
static enum fault
end_name(struct walk *w)
{
	if (!w->options->keeps_matrix)
		return FAULT_PATH_MATRIX;
	if (w->part_len == 0 && w->is_segment_start)
		return FAULT_PATH_EMPTY_SEGMENT;
	return end_part(w);
}

static bool
is_lower_case_escape(struct span s, size_t at)
{
	return s.ptr[at + 1] >= 'a' || s.ptr[at + 2] >= 'a';
}

/* A character of several escapes: the raw bytes of a head are ASCII. */
static enum fault
walk_character(struct walk *w)
{
	char bytes[4];
	size_t have = 0, len;
	uint32_t point;

	while (have < sizeof(bytes)) {
		int byte = bytes_escape(w->path, w->at + 3 * have);

		if (byte < 0x80)
			break;
		bytes[have++] = (char)byte;
	}
	len = utf8_read(span_of(bytes, have), &point);
	if (len == 0)
		return FAULT_PATH_UTF8;
	if (unicode_is_refused(point))
		return FAULT_PATH_CHARACTER;
	for (size_t i = 0; i < len; i++)
		w->differs |= is_lower_case_escape(w->path, w->at + 3 * i);
	w->at += 3 * len;
	/* Any character will do that is neither a dot nor a blank. */
	add(w, 'x');
	return FAULT_NONE;
}

static enum fault
walk_escape(struct walk *w)
{
	int byte = bytes_escape(w->path, w->at);

	if (byte < 0)
		return FAULT_PATH_ESCAPE;
	if (byte >= 0x80)
		return walk_character(w);
	if (byte < 0x20 || byte == 0x7f)
		return FAULT_PATH_CONTROL;
	w->differs |= is_lower_case_escape(w->path, w->at);
	w->at += 3;
	switch (byte) {
	case '/':
		return w->options->keeps_encoded_slash ? end_part(w) : FAULT_PATH_SLASH;
	case '\\':
		return FAULT_PATH_SLASH;
	case ';':
		return end_name(w);
	case '?':
	case '#':
		return FAULT_PATH_DELIMITER;
	case '%':
		if (!w->options->keeps_percent25)
			return FAULT_PATH_PERCENT;
		break;
	}
	w->differs |= byte_is((char)byte, BYTE_UNRESERVED);
	add(w, (char)byte);
	return FAULT_NONE;
}

static enum fault
walk_step(struct walk *w)
{
	size_t run = bytes_of_class(span_from(w->path, w->at), BYTE_PATH);
	char byte;

	if (run) {
		add_run(w, span_of(w->path.ptr + w->at, run));
		w->at += run;
		return FAULT_NONE;
	}
	byte = w->path.ptr[w->at];
	if (byte == '%')
		return walk_escape(w);
	w->at++;
	if (byte == '/')
		return end_segment(w, false);
	if (byte == ';')
		return end_name(w);
	if (byte == '\\')
		return FAULT_PATH_SLASH;
	return byte == '#' ? FAULT_TARGET_FRAGMENT : FAULT_PATH_BYTE;
}

static struct span
rewrite(struct span path, struct arena *arena)
{
	char *to = arena_new(arena, path.len);
	size_t len = 0;

	for (size_t at = 0; at < path.len; at++) {
		int byte = bytes_escape(path, at);

		if (byte >= 0 && byte_is((char)byte, BYTE_UNRESERVED)) {
			to[len++] = (char)byte;
			at += 2;
		} else if (byte >= 0) {
			to[len++] = '%';
			to[len++] = ascii_upper(path.ptr[++at]);
			to[len++] = ascii_upper(path.ptr[++at]);
		} else {
			to[len++] = path.ptr[at];
		}
	}
	return span_of(to, len);
}

enum fault
target_read_path(struct span raw, const struct request_options *options, struct arena *arena,
                 struct span *ret)
{
	struct walk w = {.options = options, .path = raw, .at = 1, .is_segment_start = true};
	enum fault fault;

	while (w.at < raw.len) {
		fault = walk_step(&w);
		if (fault)
			return fault;
	}
	fault = end_segment(&w, true);
	if (fault)
		return fault;
	*ret = w.differs ? rewrite(raw, arena) : raw;
	return FAULT_NONE;
}

enum fault
target_check_query(struct span query)
{
	for (size_t at = 0; at < query.len; at++) {
		at += bytes_of_class(span_from(query, at), BYTE_QUERY);
		if (at == query.len)
			break;
		if (query.ptr[at] == '#')
			return FAULT_TARGET_FRAGMENT;
		if (query.ptr[at] != '%')
			return FAULT_QUERY_BYTE;
		if (bytes_escape(query, at) < 0)
			return FAULT_QUERY_ESCAPE;
		at += 2;
	}
	return FAULT_NONE;
}

/* With '_' for every separator that some framework turns into it. */
static const struct span override_names[] = {
	{"_method", 7},
	{"_http_method", 12},
	{"_httpmethod", 11},
	{"$httpmethod", 11},
	{"http_method_override", 20},
	{"x_http_method", 13},
	{"x_http_method_override", 22},
	{"x_method_override", 17},
};

/* A name that has no room to be decoded in counts as one. */
static bool
is_override_name(struct span name, struct buf *scratch)
{
	char *room = NULL;

	if (span_contains(name, '%')) {
		buf_reset(scratch);
		room = buf_room(scratch, name.len);
		if (!room)
			return true;
		name = parameter_decode(name, '+', room);
	}
	name = parameter_name_loose(name, room);
	name = parameter_name_loose(span_of(name.ptr, span_find(name, '[')), NULL);
	for (size_t i = 0; i < ARRAY_LEN(override_names); i++) {
		if (parameter_name_is_alike(name, override_names[i], '-'))
			return true;
	}
	return false;
}

/* Some still split at ';' too. */
static bool
is_separator(char byte)
{
	return byte == '&' || byte == ';';
}

bool
target_overrides_method(struct span parameters)
{
	struct buf scratch = BUF_INIT(parameters.len);
	bool overrides = false;

	for (size_t at = 0; at < parameters.len && !overrides; at++) {
		size_t start = at;

		while (at < parameters.len && !is_separator(parameters.ptr[at]))
			at++;
		if (at > start && byte_is(parameters.ptr[start], BYTE_OVERRIDE)) {
			struct span name = span_of(parameters.ptr + start, at - start);

			name.len = span_find(name, '=');
			overrides = is_override_name(name, &scratch);
		}
	}
	buf_clear(&scratch);
	return overrides;
}
