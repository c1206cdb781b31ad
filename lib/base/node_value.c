/* Values of a file people write, read by type. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/node_value.h"

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/utf8.h"

struct unit {
	const char *name; /* NULL ends the list */
	uint64_t worth;
};

/* Largest first, so that the first that divides gives the shortest text. */
static const struct unit duration_units[] = {
	{"d", 86400 * (uint64_t)SECOND_US},
	{"h", 3600 * (uint64_t)SECOND_US},
	{"m", 60 * (uint64_t)SECOND_US},
	{"s", (uint64_t)SECOND_US},
	{"ms", (uint64_t)MS_US},
	{NULL, 0},
};

static const struct unit size_units[] = {
	{"g", UINT64_C(1) << 30},
	{"m", UINT64_C(1) << 20},
	{"k", UINT64_C(1) << 10},
	{"", 1},
	{NULL, 0},
};

static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

enum { SHOWN_MAX = 60 };

static bool
is_boolean(struct span text)
{
	return span_eq(text, SPAN("true")) || span_eq(text, SPAN("false"));
}

static size_t
count_digits(struct span s)
{
	size_t count = 0;

	while (count < s.len && ascii_is_digit(s.ptr[count]))
		count++;
	return count;
}

static bool
is_decimal(struct span s)
{
	size_t digits;

	if (s.len && s.ptr[0] == '-')
		s = span_from(s, 1);
	digits = count_digits(s);
	if (digits == 0 || (digits > 1 && s.ptr[0] == '0'))
		return false;
	s = span_from(s, digits);
	if (s.len == 0)
		return true;
	return s.ptr[0] == '.' && s.len > 1 && count_digits(span_from(s, 1)) == s.len - 1;
}

const char *
node_describe(const struct node *n)
{
	switch (n->kind) {
	case NODE_LIST:
		return "a list";
	case NODE_MAP:
		return "a map";
	case NODE_SCALAR:
	case NODE_BROKEN:
		break;
	}
	if (n->is_quoted)
		return "a string";
	if (n->text.len == 0)
		return "nothing";
	if (node_is_nothing(n))
		return "null";
	if (is_boolean(n->text))
		return "a boolean";
	return is_decimal(n->text) ? "a number" : "a string";
}

static void
mismatch(const struct node *n, struct complaints *why, const char *expected)
{
	if (n->kind == NODE_BROKEN)
		return;
	if (node_is_nothing(n))
		complain(why, n, expected, "there is no value");
	else if (n->kind != NODE_SCALAR)
		complain(why, n, expected, "is %s", node_describe(n));
	else if (n->is_quoted && n->text.len == 0)
		complain(why, n, expected, "is empty");
	else
		complain(why, n, expected, "\"%.*s%s\"%s is %s",
		         n->text.len > SHOWN_MAX ? SHOWN_MAX : (int)n->text.len, n->text.ptr,
		         n->text.len > SHOWN_MAX ? "…" : "", n->is_quoted ? " in quotes" : "",
		         node_describe(n));
}

bool
node_is_kind(const struct node *n, enum node_kind kind, struct complaints *why)
{
	static const char *const names[] = {
		[NODE_SCALAR] = "a single value",
		[NODE_LIST] = "a list",
		[NODE_MAP] = "a map of keys and values",
	};

	if (n->kind == kind)
		return true;
	mismatch(n, why, names[kind]);
	return false;
}

bool
node_bool(const struct node *n, struct complaints *why, bool *ret)
{
	if (n->kind != NODE_SCALAR || n->is_quoted || !is_boolean(n->text)) {
		mismatch(n, why, "true or false");
		return false;
	}
	*ret = n->text.len == 4;
	return true;
}

static void
add_amount(struct buf *to, uint64_t amount, const struct unit *unit)
{
	while (unit[1].name && (unit->worth > amount || amount % unit->worth))
		unit++;
	buf_add_u64(to, amount / unit->worth);
	buf_add(to, span_cstr(unit->name));
}

/* Whether `value` is inside; else complains with the bounds written in `units`. */
static bool
is_within(const struct node *n, uint64_t value, struct bounds bounds,
          const struct unit *units, struct complaints *why)
{
	struct buf range = BUF_INIT(200);

	if (value >= bounds.least && (!bounds.most || value <= bounds.most))
		return true;
	if (!bounds.most)
		buf_addf(&range, "at least ");
	add_amount(&range, bounds.least, units);
	if (bounds.most) {
		buf_addf(&range, " to ");
		add_amount(&range, bounds.most, units);
	}
	complain(why, n, buf_cstr(&range), "%.*s is too %s", SPAN_ARG(n->text),
	         value < bounds.least ? "small" : "large");
	buf_clear(&range);
	return false;
}

bool
node_integer(const struct node *n, struct bounds bounds, struct complaints *why,
             uint64_t *ret)
{
	uint64_t value;

	if (n->kind != NODE_SCALAR || n->is_quoted ||
	    !span_to_u64(n->text, INT64_MAX, &value)) {
		mismatch(n, why, "a decimal integer");
		return false;
	}
	if (!is_within(n, value, bounds, no_units, why))
		return false;
	*ret = value;
	return true;
}

/* "50s": digits, then one of the units. */
static bool
amount_read(struct span text, const struct unit *unit, uint64_t *ret)
{
	size_t digits = count_digits(text);
	struct span name = span_from(text, digits);
	uint64_t number;

	if (!span_to_u64(span_of(text.ptr, digits), INT64_MAX, &number))
		return false;
	while (unit->name && !span_eq(name, span_cstr(unit->name)))
		unit++;
	if (!unit->name || number > INT64_MAX / unit->worth)
		return false;
	*ret = number * unit->worth;
	return true;
}

bool
duration_read(struct span text, int64_t *ret_us)
{
	uint64_t us;

	if (!amount_read(text, duration_units, &us))
		return false;
	*ret_us = (int64_t)us;
	return true;
}

bool
size_read(struct span text, uint64_t *ret)
{
	return amount_read(text, size_units, ret);
}

bool
node_duration(const struct node *n, struct bounds bounds, struct complaints *why,
              int64_t *ret_us)
{
	int64_t us;

	if (n->kind != NODE_SCALAR || !duration_read(n->text, &us)) {
		mismatch(n, why, "a duration: digits with ms, s, m, h or d, such as 50s");
		return false;
	}
	if (!is_within(n, (uint64_t)us, bounds, duration_units, why))
		return false;
	*ret_us = us;
	return true;
}

bool
node_size(const struct node *n, struct bounds bounds, struct complaints *why,
          uint64_t *ret)
{
	uint64_t size;

	if (n->kind != NODE_SCALAR || !size_read(n->text, &size)) {
		mismatch(n, why, "a size: digits, or digits with k, m or g, such as 32k");
		return false;
	}
	if (!is_within(n, size, bounds, size_units, why))
		return false;
	*ret = size;
	return true;
}

/* The offset of the first byte that may not stand in a string, or its length. */
static size_t
find_hidden(struct span text)
{
	size_t at = 0;

	while (at < text.len) {
		uint32_t point;
		size_t len = utf8_read(span_from(text, at), &point);

		if (len == 0 || point_is_hidden(point))
			break;
		at += len;
	}
	return at;
}

bool
node_string(const struct node *n, struct complaints *why, struct span *ret)
{
	if (n->kind != NODE_SCALAR || n->text.len == 0 || node_is_nothing(n)) {
		mismatch(n, why, "a string");
		return false;
	}
	if (!n->is_quoted && is_boolean(n->text)) {
		mismatch(n, why, "a string; in quotes, if this word is meant");
		return false;
	}
	if (find_hidden(n->text) < n->text.len) {
		complain(why, n, "a string of visible characters on one line",
		         "has a control, line break or invisible character");
		return false;
	}
	*ret = n->text;
	return true;
}

bool
node_decimal(const struct node *n, struct complaints *why, struct span *ret)
{
	if (n->kind != NODE_SCALAR || n->is_quoted || !is_decimal(n->text)) {
		mismatch(n, why, "a decimal number such as 1000 or 0.25");
		return false;
	}
	*ret = n->text;
	return true;
}
