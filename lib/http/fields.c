/* Names of header fields. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/fields.h"

#include <assert.h>

struct known {
	struct span spelling;
	unsigned flags;
};

static const struct known known[FIELD_COUNT] = {
#define FIELD(name, spelling, flags) [FIELD_##name] = {{spelling, sizeof(spelling) - 1}, flags},
#include "lib/http/fields.def"
#undef FIELD
};

static_assert(FIELD_COUNT < 64, "head.present has a bit for each");

enum { SLOTS = 256 };

/* Of the length, the first and the last byte in lower case.  Two names with one slot do
 * not compile: change a factor then. */
#define SLOT(len, first, last) \
	(((unsigned)(len) + ((unsigned)(first) | 0x20) * 13 + ((unsigned)(last) | 0x20) * 11) & \
	 (SLOTS - 1))

static const uint8_t slots[SLOTS] = {
	[SLOT(4, 'h', 't')] = FIELD_HOST,
	[SLOT(14, 'c', 'h')] = FIELD_CONTENT_LENGTH,
	[SLOT(17, 't', 'g')] = FIELD_TRANSFER_ENCODING,
	[SLOT(12, 'c', 'e')] = FIELD_CONTENT_TYPE,
	[SLOT(16, 'c', 'g')] = FIELD_CONTENT_ENCODING,
	[SLOT(13, 'a', 'n')] = FIELD_AUTHORIZATION,
	[SLOT(6, 'c', 'e')] = FIELD_COOKIE,
	[SLOT(10, 's', 'e')] = FIELD_SET_COOKIE,
	[SLOT(10, 'c', 'n')] = FIELD_CONNECTION,
	[SLOT(10, 'k', 'e')] = FIELD_KEEP_ALIVE,
	[SLOT(16, 'p', 'n')] = FIELD_PROXY_CONNECTION,
	[SLOT(19, 'p', 'n')] = FIELD_PROXY_AUTHORIZATION,
	[SLOT(18, 'p', 'e')] = FIELD_PROXY_AUTHENTICATE,
	[SLOT(6, 'e', 't')] = FIELD_EXPECT,
	[SLOT(2, 't', 'e')] = FIELD_TE,
	[SLOT(7, 't', 'r')] = FIELD_TRAILER,
	[SLOT(7, 'u', 'e')] = FIELD_UPGRADE,
	[SLOT(14, 'h', 's')] = FIELD_HTTP2_SETTINGS,
	[SLOT(9, 'f', 'd')] = FIELD_FORWARDED,
	[SLOT(15, 'x', 'r')] = FIELD_X_FORWARDED_FOR,
	[SLOT(17, 'x', 'o')] = FIELD_X_FORWARDED_PROTO,
	[SLOT(16, 'x', 't')] = FIELD_X_FORWARDED_HOST,
	[SLOT(9, 'x', 'p')] = FIELD_X_REAL_IP,
	[SLOT(22, 'x', 'e')] = FIELD_X_HTTP_METHOD_OVERRIDE,
	[SLOT(13, 'x', 'd')] = FIELD_X_HTTP_METHOD,
	[SLOT(17, 'x', 'e')] = FIELD_X_METHOD_OVERRIDE,
	[SLOT(17, 'x', 'd')] = FIELD_X_ORIGINAL_METHOD,
	[SLOT(14, 'x', 'l')] = FIELD_X_ORIGINAL_URL,
	[SLOT(14, 'x', 'i')] = FIELD_X_ORIGINAL_URI,
	[SLOT(13, 'x', 'l')] = FIELD_X_REWRITE_URL,
	[SLOT(17, 'c', 'n')] = FIELD_COUNTERSIGN_TOKEN,
	[SLOT(18, 'c', 't')] = FIELD_COUNTERSIGN_TICKET,
	[SLOT(18, 'c', 'n')] = FIELD_COUNTERSIGN_REASON,
	[SLOT(16, 'c', 'r')] = FIELD_COUNTERSIGN_USER,
	[SLOT(6, 'a', 't')] = FIELD_ACCEPT,
	[SLOT(15, 'a', 'g')] = FIELD_ACCEPT_ENCODING,
	[SLOT(15, 'a', 'e')] = FIELD_ACCEPT_LANGUAGE,
	[SLOT(13, 'c', 'l')] = FIELD_CACHE_CONTROL,
	[SLOT(6, 'p', 'a')] = FIELD_PRAGMA,
	[SLOT(4, 'd', 'e')] = FIELD_DATE,
	[SLOT(10, 'u', 't')] = FIELD_USER_AGENT,
	[SLOT(7, 'r', 'r')] = FIELD_REFERER,
	[SLOT(6, 'o', 'n')] = FIELD_ORIGIN,
	[SLOT(11, 't', 't')] = FIELD_TRACEPARENT,
	[SLOT(10, 't', 'e')] = FIELD_TRACESTATE,
	[SLOT(7, 'b', 'e')] = FIELD_BAGGAGE,
	[SLOT(12, 'x', 'd')] = FIELD_X_REQUEST_ID,
	[SLOT(16, 'x', 'd')] = FIELD_X_CORRELATION_ID,
	[SLOT(15, 'i', 'y')] = FIELD_IDEMPOTENCY_KEY,
	[SLOT(6, 'p', 'r')] = FIELD_PREFER,
	[SLOT(3, 'v', 'a')] = FIELD_VIA,
	[SLOT(13, 'l', 'd')] = FIELD_LAST_EVENT_ID,
	[SLOT(13, 'i', 'h')] = FIELD_IF_NONE_MATCH,
	[SLOT(4, 'e', 'g')] = FIELD_ETAG,
	[SLOT(8, 'l', 'n')] = FIELD_LOCATION,
	[SLOT(11, 'r', 'r')] = FIELD_RETRY_AFTER,
	[SLOT(6, 's', 'r')] = FIELD_SERVER,
	[SLOT(16, 'w', 'e')] = FIELD_WWW_AUTHENTICATE,
};

static uint64_t
load_u64(const char *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof(word));
	return word;
}

/* All of 4 to 7 bytes, some of them twice. */
static uint64_t
load_short(const char *from, size_t len)
{
	uint32_t low, high;

	memcpy(&low, from, sizeof(low));
	memcpy(&high, from + len - sizeof(high), sizeof(high));
	return (uint64_t)high << 32 | low;
}

/* Bits in which `name` differs from `spelling` more than by the case of a letter: where
 * the spelling has a letter, and there only, bit 0x20 does not count. */
static uint64_t
difference(uint64_t name, uint64_t spelling)
{
	return (name ^ spelling) & ~(spelling >> 1 & UINT64_C(0x2020202020202020));
}

/* span_eq_nocase() for equally long names of letters, digits and dashes, eight at once:
 * this stands on the path of every field of every message. */
static bool
is_spelled(const char *name, const char *spelling, size_t len)
{
	uint64_t differs = 0;

	if (len < sizeof(uint32_t))
		return span_eq_nocase(span_of(name, len), span_of(spelling, len));
	if (len < sizeof(uint64_t))
		return !difference(load_short(name, len), load_short(spelling, len));
	for (size_t at = 0; at + sizeof(uint64_t) < len; at += sizeof(uint64_t))
		differs |= difference(load_u64(name + at), load_u64(spelling + at));
	name += len - sizeof(uint64_t);
	spelling += len - sizeof(uint64_t);
	return !(differs | difference(load_u64(name), load_u64(spelling)));
}

enum field_id
field_lookup(struct span name)
{
	enum field_id id;

	if (name.len == 0)
		return FIELD_OTHER;
	id = slots[SLOT(name.len, (unsigned char)name.ptr[0],
	                (unsigned char)name.ptr[name.len - 1])];
	if (id == FIELD_OTHER || known[id].spelling.len != name.len ||
	    !is_spelled(name.ptr, known[id].spelling.ptr, name.len))
		return FIELD_OTHER;
	return id;
}

const char *
field_spelling(enum field_id id)
{
	return id == FIELD_OTHER ? "" : known[id].spelling.ptr;
}

unsigned
field_flags(enum field_id id)
{
	return known[id].flags;
}

/* A prefix that ends in '-' is a family, anything else one whole name. */
struct family {
	struct span prefix;
	unsigned flags;
};

#define FAMILY(prefix, flags) {{prefix, sizeof(prefix) - 1}, flags}
#define LIST(...) (const struct family[]){__VA_ARGS__, {{NULL, 0}, 0}}
#define TELLS_SOURCE (FIELD_FORWARDING | FIELD_UNBOUND)

enum { LETTERS = 'z' - 'a' + 1 };

/* In lower case, by the first letter. */
static const struct family *const families[LETTERS] = {
	['a' - 'a'] = LIST(FAMILY("accept-", FIELD_UNBOUND), FAMILY("api-key", FIELD_SECRET)),
	['c' - 'a'] = LIST(FAMILY("countersign-", FIELD_OURS | FIELD_UNBOUND),
	                   FAMILY("client-cert", TELLS_SOURCE),
	                   FAMILY("client-cert-", TELLS_SOURCE),
	                   FAMILY("client-ip", TELLS_SOURCE),
	                   FAMILY("cf-connecting-ip", TELLS_SOURCE),
	                   FAMILY("cf-connecting-ipv6", TELLS_SOURCE)),
	['f' - 'a'] = LIST(FAMILY("fastly-client-ip", TELLS_SOURCE),
	                   FAMILY("forwarded-", TELLS_SOURCE)),
	['p' - 'a'] = LIST(FAMILY("proxy-", FIELD_HOP), FAMILY("private-token", FIELD_SECRET)),
	['s' - 'a'] = LIST(FAMILY("sec-", FIELD_UNBOUND), FAMILY("ssl-client-", TELLS_SOURCE)),
	['t' - 'a'] = LIST(FAMILY("true-client-ip", TELLS_SOURCE)),
};

/* Of names that begin with "X-", by the letter after it. */
static const struct family *const x_families[LETTERS] = {
	['a' - 'a'] = LIST(FAMILY("x-amzn-mtls-", TELLS_SOURCE),
	                   FAMILY("x-arr-clientcert", TELLS_SOURCE),
	                   FAMILY("x-access-token", FIELD_SECRET),
	                   FAMILY("x-amz-security-token", FIELD_SECRET),
	                   FAMILY("x-api-key", FIELD_SECRET),
	                   FAMILY("x-auth-token", FIELD_SECRET)),
	['c' - 'a'] = LIST(FAMILY("x-client-cert", TELLS_SOURCE),
	                   FAMILY("x-client-cert-", TELLS_SOURCE),
	                   FAMILY("x-client-dn", TELLS_SOURCE),
	                   FAMILY("x-client-ip", TELLS_SOURCE),
	                   FAMILY("x-client-verify", TELLS_SOURCE),
	                   FAMILY("x-cluster-client-ip", TELLS_SOURCE),
	                   FAMILY("x-consul-token", FIELD_SECRET)),
	['e' - 'a'] = LIST(FAMILY("x-envoy-external-address", TELLS_SOURCE),
	                   FAMILY("x-envoy-original-path", FIELD_OVERRIDE)),
	['f' - 'a'] = LIST(FAMILY("x-forwarded-", TELLS_SOURCE),
	                   FAMILY("x-forwarded", TELLS_SOURCE)),
	['g' - 'a'] = LIST(FAMILY("x-gitlab-token", FIELD_SECRET)),
	['h' - 'a'] = LIST(FAMILY("x-host", TELLS_SOURCE),
	                   FAMILY("x-http-host-override", TELLS_SOURCE)),
	['o' - 'a'] = LIST(FAMILY("x-original-forwarded-", TELLS_SOURCE),
	                   FAMILY("x-original-host", TELLS_SOURCE),
	                   FAMILY("x-original-remote-addr", TELLS_SOURCE),
	                   FAMILY("x-originating-ip", TELLS_SOURCE),
	                   FAMILY("x-original-path", FIELD_OVERRIDE),
	                   FAMILY("x-override-url", FIELD_OVERRIDE)),
	['p' - 'a'] = LIST(FAMILY("x-proxyuser-ip", TELLS_SOURCE)),
	['r' - 'a'] = LIST(FAMILY("x-remote-addr", TELLS_SOURCE),
	                   FAMILY("x-remote-ip", TELLS_SOURCE),
	                   FAMILY("x-request-uri", FIELD_OVERRIDE),
	                   FAMILY("x-rewrite-uri", FIELD_OVERRIDE)),
	['s' - 'a'] = LIST(FAMILY("x-ssl-", TELLS_SOURCE)),
	['t' - 'a'] = LIST(FAMILY("x-tls-", TELLS_SOURCE)),
	['v' - 'a'] = LIST(FAMILY("x-vault-token", FIELD_SECRET)),
};

static bool
is_of_family(struct span name, struct span prefix)
{
	if (prefix.ptr[prefix.len - 1] != '-')
		return span_eq_nocase(name, prefix);
	return name.len > prefix.len && span_eq_nocase(span_of(name.ptr, prefix.len), prefix);
}

static const struct family *
families_of(struct span name)
{
	bool is_x = name.len > 2 && ascii_lower(name.ptr[0]) == 'x' && name.ptr[1] == '-';
	char letter = name.len ? name.ptr[is_x ? 2 : 0] : '\0';

	if (!ascii_is_alpha(letter))
		return NULL;
	letter = (char)(ascii_lower(letter) - 'a');
	return is_x ? x_families[(int)letter] : families[(int)letter];
}

unsigned
field_family_flags(struct span name)
{
	const struct family *f = families_of(name);

	for (; f && f->prefix.len; f++) {
		if (is_of_family(name, f->prefix))
			return f->flags;
	}
	return 0;
}
