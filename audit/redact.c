/* Secrets that callers put into queries. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/redact.h"

enum { NAME_MAX = 64 };

/* Anywhere in the name, once it is decoded, lower case and without - _ . [ ] and the like. */
static const struct span parts[] = {
	SPAN("token"),      SPAN("password"), SPAN("passwd"),    SPAN("passphrase"),
	SPAN("pwd"),        SPAN("secret"),   SPAN("apikey"),    SPAN("accesskey"),
	SPAN("privatekey"), SPAN("credential"), SPAN("authorization"), SPAN("signature"),
	SPAN("session"),    SPAN("assertion"), SPAN("jwt"),      SPAN("cookie"),
	SPAN("bearer"),
};

static const struct span names[] = {
	SPAN("auth"), SPAN("key"), SPAN("sig"), SPAN("sid"),  SPAN("otp"),
	SPAN("totp"), SPAN("pin"), SPAN("pass"), SPAN("code"), SPAN("ticket"),
};

/* One character of a name, percent-decoded as an upstream would. */
static char
take_char(struct span *name)
{
	char c = name->ptr[0];

	if (c == '%' && name->len >= 3 && ascii_hex(name->ptr[1]) >= 0 &&
	    ascii_hex(name->ptr[2]) >= 0) {
		c = (char)(ascii_hex(name->ptr[1]) << 4 | ascii_hex(name->ptr[2]));
		*name = span_from(*name, 3);
	} else {
		*name = span_from(*name, 1);
	}
	return ascii_lower(c);
}

static bool
begins(const char *at, size_t left, struct span part)
{
	return part.len <= left && at[0] == part.ptr[0] && memcmp(at, part.ptr, part.len) == 0;
}

/* Whether some part starts with this letter; asked for every letter of every name. */
static bool
starts_a_part(char c)
{
	switch (c) {
	case 'a':
	case 'b':
	case 'c':
	case 'j':
	case 'p':
	case 's':
	case 't':
		return true;
	default:
		return false;
	}
}

static bool
has_part(struct span s)
{
	enum { SHORTEST = 3 };

	for (size_t i = 0; i + SHORTEST <= s.len; i++) {
		if (!starts_a_part(s.ptr[i]))
			continue;
		for (size_t at = 0; at < ARRAY_LEN(parts); at++) {
			if (begins(s.ptr + i, s.len - i, parts[at]))
				return true;
		}
	}
	return false;
}

bool
name_is_secret(struct span name)
{
	char letters[NAME_MAX];
	struct span plain = {letters, 0};

	while (name.len) {
		char c = take_char(&name);

		if (!ascii_is_alpha(c) && !ascii_is_digit(c))
			continue;
		/* Nobody names a harmless parameter like that. */
		if (plain.len == NAME_MAX)
			return true;
		letters[plain.len++] = c;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (plain.len == names[i].len && begins(plain.ptr, plain.len, names[i]))
			return true;
	}
	return has_part(plain);
}

static bool
parameter_is_secret(struct span parameter)
{
	size_t name_len = span_find(parameter, '=');

	return name_len + 1 < parameter.len && name_is_secret(span_of(parameter.ptr, name_len));
}

static void
add_secret(struct buf *to, struct span parameter, const struct digest *key)
{
	size_t name_len = span_find(parameter, '=');
	struct digest d = digest_hmac(digest_span(key), span_from(parameter, name_len + 1));

	buf_add(to, span_of(parameter.ptr, name_len + 1));
	buf_add(to, SPAN("hmac:"));
	hex_add(to, span_of(d.bytes, 8));
}

static bool
has_secret(struct span query)
{
	struct span parameter;

	while (span_cut(&query, '&', &parameter)) {
		if (parameter_is_secret(parameter))
			return true;
	}
	return false;
}

bool
query_redact(struct span query, const struct digest *key, struct buf *ret)
{
	struct span parameter;
	bool is_first = true;

	if (!has_secret(query))
		return false;
	while (span_cut(&query, '&', &parameter)) {
		if (!is_first)
			buf_addc(ret, '&');
		is_first = false;
		if (parameter_is_secret(parameter))
			add_secret(ret, parameter, key);
		else
			buf_add(ret, parameter);
	}
	return true;
}
