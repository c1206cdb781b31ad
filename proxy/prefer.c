/* What the caller would rather. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/prefer.h"

/* Longer waits than a day are not waits. */
enum { WAIT_MAX_S = 86400 };

static void
read_one(struct span preference, struct prefer *p)
{
	struct span name, value = SPAN_NONE;
	size_t semicolon = span_find(preference, ';'), equals;

	preference.len = semicolon;
	equals = span_find(preference, '=');
	name = span_trim(span_of(preference.ptr, equals));
	if (equals < preference.len)
		value = span_trim(span_from(preference, equals + 1));
	if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
		value = span_of(value.ptr + 1, value.len - 2);
	/* The first of two is the one that counts (RFC 7240 section 2). */
	if (span_eq_nocase(name, SPAN("respond-async")))
		p->is_async = true;
	else if (span_eq_nocase(name, SPAN("wait")) && !p->has_wait)
		p->has_wait = span_to_u64(value, WAIT_MAX_S, &p->wait_s);
}

struct prefer
prefer_read(const struct head *h)
{
	struct prefer p = {0};
	struct span line, part;

	if (!head_has(h, FIELD_PREFER))
		return p;
	for (size_t i = 0; i < h->field_count; i++) {
		if (h->fields[i].id != FIELD_PREFER)
			continue;
		line = head_part(h, h->fields[i].value);
		while (span_cut(&line, ',', &part))
			read_one(part, &p);
	}
	return p;
}
