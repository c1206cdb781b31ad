/* Parameters, found only where every upstream finds the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/parameters.h"

#include "lib/base/buf.h"
#include "lib/http/bytes.h"
#include "lib/http/parameter_name.h"
#include "lib/http/target.h"

/* What is looked for. */
struct wanted {
	struct span name, base; /* base: what variants are compared with */
	bool is_form;
	struct buf scratch;     /* names are decoded here, one after the other */
};

enum likeness { LIKENESS_NONE, LIKENESS_VARIANT, LIKENESS_EXACT };

static enum likeness
compare(struct wanted *w, struct span raw)
{
	bool has_plus = span_contains(raw, '+');
	struct span name = raw;
	char *scratch = NULL;

	if (span_contains(raw, '%') || (w->is_form && has_plus)) {
		buf_reset(&w->scratch);
		scratch = buf_room(&w->scratch, raw.len);
		if (!scratch)
			return LIKENESS_VARIANT;
		name = parameter_decode(raw, w->is_form ? ' ' : '+', scratch);
	}
	/* A query's plus may be a blank, so that such a name is never the name for sure. */
	if (span_eq(name, w->name) && (w->is_form || !has_plus))
		return LIKENESS_EXACT;
	name = parameter_name_loose(name, scratch);
	return parameter_name_is_variant(name, w->base) ? LIKENESS_VARIANT : LIKENESS_NONE;
}

/* Goes through all of them; `ret_raw` is the value of the last that is alike. */
static enum parameter_found
search(struct wanted *w, struct span parameters, struct span *ret_raw)
{
	enum parameter_found found = PARAMETER_ABSENT;
	struct span piece;

	while (span_cut(&parameters, '&', &piece)) {
		size_t equals = span_find(piece, '=');
		enum likeness likeness = LIKENESS_NONE;

		if (piece.len)
			likeness = compare(w, span_of(piece.ptr, equals));
		if (likeness == LIKENESS_NONE)
			continue;
		if (found != PARAMETER_ABSENT)
			return PARAMETER_REPEATED;
		found = likeness == LIKENESS_EXACT ? PARAMETER_FOUND : PARAMETER_DOUBTFUL;
		*ret_raw = equals < piece.len ? span_from(piece, equals + 1)
		                              : span_of(piece.ptr + piece.len, 0);
	}
	return found;
}

static bool
holds_escape(struct span s)
{
	for (size_t at = 0; at < s.len; at++) {
		at += span_find(span_from(s, at), '%');
		if (bytes_escape(s, at) >= 0)
			return true;
	}
	return false;
}

static struct span
decoded(struct span raw, char plus, struct arena *arena)
{
	return parameter_decode(raw, plus, arena_new(arena, raw.len));
}

static void
read_value(struct span raw, bool is_form, struct arena *arena, struct parameter *ret)
{
	bool has_escape = span_contains(raw, '%'), has_plus = span_contains(raw, '+');

	*ret = (struct parameter){.value = raw};
	if (has_escape || (is_form && has_plus))
		ret->value = decoded(raw, is_form ? ' ' : '+', arena);
	ret->other = ret->value;
	if (has_plus && !is_form) {
		ret->has_other = true;
		ret->other = decoded(raw, ' ', arena);
	}
	ret->is_opaque = span_contains(ret->value, '\0') || holds_escape(ret->value);
}

enum parameter_found
parameter_find(struct span parameters, struct span name, bool is_form, struct arena *arena,
               struct parameter *ret)
{
	struct wanted w = {.name = name, .base = parameter_name_base(name), .is_form = is_form,
	                   .scratch = BUF_INIT(parameters.len)};
	struct span raw = SPAN_NONE;
	enum parameter_found found = search(&w, parameters, &raw);

	buf_clear(&w.scratch);
	/* Some split there too, and find a parameter that we do not. */
	if (found != PARAMETER_REPEATED && span_contains(parameters, ';'))
		return PARAMETER_DOUBTFUL;
	if (found == PARAMETER_FOUND)
		read_value(raw, is_form, arena, ret);
	return found;
}

enum fault
form_check(struct span body)
{
	if (body.len == 0 || target_check_query(body))
		return FAULT_BODY_UNREADABLE;
	return target_overrides_method(body) ? FAULT_METHOD_OVERRIDE : FAULT_NONE;
}
