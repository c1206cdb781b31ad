/* The chain. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/chain.h"

void
chain_init(struct chain *c, const char *name)
{
	*c = (struct chain){.name_len = strlen(name)};
	memcpy(c->name, name, c->name_len);
}

void
chain_add(struct chain *c, struct span record, struct span recovered, struct buf *to)
{
	char prev[DIGEST_HEX + 1];
	size_t start = to->len;

	digest_hex(&c->head.hash, prev);
	buf_add(to, SPAN("{\"v\":1,\"seq\":"));
	buf_add_u64(to, c->head.seq + 1);
	buf_add(to, SPAN(",\"chain\":\""));
	buf_add(to, span_of(c->name, c->name_len));
	buf_add(to, SPAN("\",\"prev\":\""));
	buf_add(to, span_of(prev, DIGEST_HEX));
	buf_add(to, SPAN("\","));
	if (recovered.len) {
		buf_add(to, SPAN("\"recovered\":\""));
		buf_add(to, recovered);
		buf_add(to, SPAN("\","));
	}
	buf_add(to, record);
	c->head.seq++;
	c->head.hash = digest_of(span_from(buf_span(to), start));
	buf_addc(to, '\n');
}

static bool
take(struct span *rest, struct span literal)
{
	if (!span_starts(*rest, literal))
		return false;
	*rest = span_from(*rest, literal.len);
	return true;
}

/* Up to the next quote; none of these values needs an escape. */
static bool
take_value(struct span *rest, struct span *ret)
{
	size_t len = span_find(*rest, '"');

	if (len == rest->len)
		return false;
	*ret = span_of(rest->ptr, len);
	*rest = span_from(*rest, len);
	return true;
}

static bool
take_seq(struct span *rest, uint64_t *ret)
{
	size_t len = span_find(*rest, ',');

	if (!span_to_u64(span_of(rest->ptr, len), UINT64_MAX, ret))
		return false;
	*rest = span_from(*rest, len);
	return true;
}

/* In lower case only: every byte of a line has one right value. */
static bool
take_prev(struct span *rest, struct digest *ret)
{
	char again[DIGEST_HEX + 1];
	struct span hex;

	if (!take_value(rest, &hex) || !digest_read(hex, ret))
		return false;
	digest_hex(ret, again);
	return span_eq(hex, span_of(again, DIGEST_HEX));
}

bool
line_read(struct span text, struct line *ret)
{
	struct span rest = text;
	struct line line = {.text = text};

	if (!take(&rest, SPAN("{\"v\":1,\"seq\":")) || !take_seq(&rest, &line.seq) ||
	    !take(&rest, SPAN(",\"chain\":\"")) || !take_value(&rest, &line.chain) ||
	    !take(&rest, SPAN("\",\"prev\":\"")) || !take_prev(&rest, &line.prev) ||
	    !take(&rest, SPAN("\",\"")))
		return false;
	if (take(&rest, SPAN("recovered\":\"")) &&
	    (!take_value(&rest, &line.recovered) || !take(&rest, SPAN("\",\""))))
		return false;
	if (!take(&rest, SPAN("id\":\"")) || !take_value(&rest, &line.id) ||
	    !take(&rest, SPAN("\",\"time\":\"")) || !take_value(&rest, &line.time) ||
	    !take(&rest, SPAN("\",\"event\":\"")) || !take_value(&rest, &line.event) ||
	    !take(&rest, SPAN("\",\"code\":\"")) || !take_value(&rest, &line.code) ||
	    !take(&rest, SPAN("\",\"severity\":\"")) || !take_value(&rest, &line.severity) ||
	    !span_ends(text, SPAN("}")))
		return false;
	*ret = line;
	return true;
}
