/* Exact decimals. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/decimal.h"

static size_t
digits_from(struct span text, size_t at)
{
	while (at < text.len && ascii_is_digit(text.ptr[at]))
		at++;
	return at;
}

/* Of the digits from `from` to `to`; stops counting once it is beyond the limit. */
static int
value_of(struct span text, size_t from, size_t to)
{
	int value = 0;

	for (size_t i = from; i < to && value <= DECIMAL_EXPONENT_MAX; i++)
		value = value * 10 + (text.ptr[i] - '0');
	return value;
}

/* Past the exponent at `at`, or 0 when it has no digits. */
static size_t
exponent_from(struct span text, size_t at, int *ret)
{
	bool is_negative = false;
	size_t end;

	if (++at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+'))
		is_negative = text.ptr[at++] == '-';
	end = digits_from(text, at);
	*ret = value_of(text, at, end);
	if (is_negative)
		*ret = -*ret;
	return end > at ? end : 0;
}

static bool
has_exponent(struct span text, size_t at)
{
	return at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E');
}

/* Past the digits and the fraction, or 0. */
static size_t
mantissa_from(struct span text, size_t at, size_t *ret_digits)
{
	size_t end, point;

	if (at == text.len || !ascii_is_digit(text.ptr[at]))
		return 0;
	/* A leading zero stands alone: what follows it is not part of the number. */
	end = text.ptr[at] == '0' ? at + 1 : digits_from(text, at + 1);
	*ret_digits = end - at;
	if (end == text.len || text.ptr[end] != '.')
		return end;
	point = end;
	end = digits_from(text, point + 1);
	*ret_digits += end - point - 1;
	return end > point + 1 ? end : 0;
}

size_t
decimal_length(struct span text, bool *ret_is_beyond)
{
	size_t digits = 0, end;
	int exponent = 0;

	end = mantissa_from(text, text.len && text.ptr[0] == '-', &digits);
	if (end && has_exponent(text, end))
		end = exponent_from(text, end, &exponent);
	*ret_is_beyond = digits > DECIMAL_DIGITS_MAX || exponent > DECIMAL_EXPONENT_MAX ||
	                 exponent < -DECIMAL_EXPONENT_MAX;
	return end;
}

static bool
is_significant(char c)
{
	return c >= '1' && c <= '9';
}

bool
decimal_read(struct span text, struct decimal *ret)
{
	bool is_beyond, is_negative = text.len && text.ptr[0] == '-';
	size_t end, digits, point, first = 0, last;
	int exponent = 0;

	if (text.len == 0 || decimal_length(text, &is_beyond) != text.len || is_beyond)
		return false;
	text = span_from(text, is_negative);
	end = mantissa_from(text, 0, &digits);
	if (end < text.len)
		(void)exponent_from(text, end, &exponent);
	text.len = end;
	point = span_find(text, '.');
	while (first < end && !is_significant(text.ptr[first]))
		first++;
	for (last = end; last > first && !is_significant(text.ptr[last - 1]);)
		last--;
	*ret = (struct decimal){.digits = span_of(text.ptr + first, last - first)};
	if (first == last)
		return true;
	ret->is_negative = is_negative;
	ret->magnitude = exponent + (first < point ? (int)(point - first)
	                                           : -(int)(first - point - 1));
	return true;
}

static int
cmp_digits(struct span a, struct span b)
{
	size_t i = 0, j = 0;

	for (;;) {
		i += i < a.len && a.ptr[i] == '.';
		j += j < b.len && b.ptr[j] == '.';
		/* Neither ends in a zero, so the longer one is the larger. */
		if (i == a.len || j == b.len)
			return (i < a.len) - (j < b.len);
		if (a.ptr[i] != b.ptr[j])
			return a.ptr[i] < b.ptr[j] ? -1 : 1;
		i++, j++;
	}
}

static int
sign_of(const struct decimal *d)
{
	if (d->digits.len == 0)
		return 0;
	return d->is_negative ? -1 : 1;
}

int
decimal_cmp(const struct decimal *a, const struct decimal *b)
{
	int sign = sign_of(a), other = sign_of(b);

	if (sign != other)
		return sign < other ? -1 : 1;
	if (a->magnitude != b->magnitude)
		return a->magnitude < b->magnitude ? -sign : sign;
	return sign * cmp_digits(a->digits, b->digits);
}
