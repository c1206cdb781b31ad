/* Networks of addresses. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

static const unsigned char mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

static unsigned
family_bits(int family)
{
	return family == AF_INET ? 32 : 128;
}

/* People may write an IPv4 network in the form it has in IPv6. */
static void
unmap(struct network *n)
{
	if (n->family != AF_INET6 || n->bits < 96 ||
	    memcmp(n->bytes, mapped_prefix, sizeof(mapped_prefix)) != 0)
		return;
	n->family = AF_INET;
	n->bits -= 96;
	memmove(n->bytes, n->bytes + 12, 4);
	memset(n->bytes + 4, 0, 12);
}

bool
network_read(struct span text, struct network *ret)
{
	struct network n = {0};
	size_t slash = span_find(text, '/');
	char host[64];
	uint64_t bits;

	if (span_eq(text, SPAN("unix"))) {
		*ret = (struct network){.family = AF_UNIX};
		return true;
	}
	if (slash == 0 || slash >= sizeof(host))
		return false;
	memcpy(host, text.ptr, slash);
	host[slash] = '\0';
	n.family = span_contains(span_of(host, slash), ':') ? AF_INET6 : AF_INET;
	if (inet_pton(n.family, host, n.bytes) != 1)
		return false;
	bits = family_bits(n.family);
	if (slash < text.len && !span_to_u64(span_from(text, slash + 1), bits, &bits))
		return false;
	n.bits = (unsigned)bits;
	unmap(&n);
	*ret = n;
	return true;
}

bool
source_read(struct span text, struct source *ret)
{
	struct network n;

	if (span_contains(text, '/') || !network_read(text, &n))
		return false;
	*ret = (struct source){.is_unix = n.family == AF_UNIX};
	if (n.family == AF_INET6)
		memcpy(ret->ip, n.bytes, sizeof(ret->ip));
	if (n.family == AF_INET) {
		memcpy(ret->ip, mapped_prefix, sizeof(mapped_prefix));
		memcpy(ret->ip + sizeof(mapped_prefix), n.bytes, 4);
	}
	return true;
}

bool
network_has_host_bits(const struct network *n)
{
	for (unsigned i = n->bits; n->family != AF_UNIX && i < family_bits(n->family); i++) {
		if (n->bytes[i / 8] >> (7 - i % 8) & 1)
			return true;
	}
	return false;
}

static bool
source_is_ipv4(const struct source *source)
{
	return memcmp(source->ip, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

void
network_text(const struct network *n, char ret[NETWORK_TEXT])
{
	char host[INET6_ADDRSTRLEN] = "";

	if (n->family != AF_UNIX)
		inet_ntop(n->family, n->bytes, host, sizeof(host));
	if (n->family == AF_UNIX)
		memcpy(ret, "unix", sizeof("unix"));
	else if (n->bits == family_bits(n->family))
		snprintf(ret, NETWORK_TEXT, "%s", host);
	else
		snprintf(ret, NETWORK_TEXT, "%s/%u", host, n->bits);
}

void
source_text(const struct source *source, char ret[NETWORK_TEXT])
{
	bool is_ipv4 = source_is_ipv4(source);
	struct network n = {.family = is_ipv4 ? AF_INET : AF_INET6, .bits = is_ipv4 ? 32 : 128};

	if (source->is_unix)
		n.family = AF_UNIX;
	memcpy(n.bytes, source->ip + (is_ipv4 ? 12 : 0), is_ipv4 ? 4 : 16);
	network_text(&n, ret);
}

bool
network_has(const struct network *n, const struct source *source)
{
	const unsigned char *bytes = source->ip;
	unsigned whole = n->bits / 8, rest = n->bits % 8;

	if (source->is_unix || n->family == AF_UNIX)
		return source->is_unix && n->family == AF_UNIX;
	if (source_is_ipv4(source) != (n->family == AF_INET))
		return false;
	if (n->family == AF_INET)
		bytes += 12;
	if (memcmp(bytes, n->bytes, whole) != 0)
		return false;
	return rest == 0 || (bytes[whole] ^ n->bytes[whole]) >> (8 - rest) == 0;
}
