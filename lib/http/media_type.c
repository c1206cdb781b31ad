/* Media types, parsed and not searched: "application/jsonx" is not JSON (RFC 9110, 8.3.1). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/media_type.h"

#include "lib/http/bytes.h"

/* Takes a token off the front; false when there is none. */
static bool
take_token(struct span *rest, struct span *ret)
{
	*ret = span_of(rest->ptr, bytes_of_class(*rest, BYTE_TOKEN));
	*rest = span_from(*rest, ret->len);
	return ret->len > 0;
}

static bool
take_byte(struct span *rest, char byte)
{
	if (rest->len == 0 || rest->ptr[0] != byte)
		return false;
	*rest = span_from(*rest, 1);
	return true;
}

/* A quoted string needs no escapes to say "utf-8". */
static bool
take_value(struct span *rest, struct span *ret)
{
	if (!take_byte(rest, '"'))
		return take_token(rest, ret);
	return take_token(rest, ret) && take_byte(rest, '"');
}

/* `rest` stands behind the subtype: nothing, or charset=utf-8 once. */
static bool
is_plain_utf8(struct span rest)
{
	struct span name, value;

	rest = span_trim(rest);
	if (rest.len == 0)
		return true;
	if (!take_byte(&rest, ';'))
		return false;
	rest = span_trim(rest);
	return take_token(&rest, &name) && take_byte(&rest, '=') && take_value(&rest, &value) &&
	       rest.len == 0 && span_eq_nocase(name, SPAN("charset")) &&
	       span_eq_nocase(value, SPAN("utf-8"));
}

static bool
has_suffix_json(struct span subtype)
{
	struct span suffix = SPAN("+json");

	return subtype.len > suffix.len &&
	       span_eq_nocase(span_from(subtype, subtype.len - suffix.len), suffix);
}

enum media
media_type_of(struct span content_type)
{
	struct span rest = content_type, type, subtype;
	bool is_application;

	if (!take_token(&rest, &type) || !take_byte(&rest, '/') || !take_token(&rest, &subtype) ||
	    !is_plain_utf8(rest))
		return MEDIA_OTHER;
	is_application = span_eq_nocase(type, SPAN("application"));
	if ((is_application && span_eq_nocase(subtype, SPAN("json"))) || has_suffix_json(subtype))
		return MEDIA_JSON;
	if (is_application && span_eq_nocase(subtype, SPAN("x-www-form-urlencoded")))
		return MEDIA_FORM;
	return MEDIA_OTHER;
}
