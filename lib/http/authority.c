/* Host and port in one form. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/authority.h"

#include <arpa/inet.h>

#include "lib/http/bytes.h"

/* RFC 1035 section 2.3.4, less the root's dot. */
enum { HOST_MAX = 253 };

/* A trailing dot, or an empty label, names the same host in a second way. */
static bool
is_name(struct span host)
{
	char before = '.';

	if (host.len == 0 || host.len > HOST_MAX)
		return false;
	for (size_t i = 0; i < host.len; i++) {
		if (!byte_is(host.ptr[i], BYTE_HOST) || (before == '.' && host.ptr[i] == '.'))
			return false;
		before = host.ptr[i];
	}
	return before != '.';
}

/* "[2001:db8::1]"; neither zones nor future versions. */
static bool
is_ipv6_literal(struct span host)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (host.len < 4 || host.len - 2 >= sizeof(text) || host.ptr[host.len - 1] != ']')
		return false;
	for (size_t i = 1; i < host.len - 1; i++) {
		text[i - 1] = host.ptr[i];
		if (ascii_hex(host.ptr[i]) < 0 && host.ptr[i] != ':' && host.ptr[i] != '.')
			return false;
	}
	text[host.len - 2] = '\0';
	return inet_pton(AF_INET6, text, &address) == 1;
}

static struct span
lower(struct span host, struct arena *arena)
{
	char *copy;
	size_t at = 0;

	while (at < host.len && ascii_lower(host.ptr[at]) == host.ptr[at])
		at++;
	if (at == host.len)
		return host;
	copy = arena_new(arena, host.len);
	for (at = 0; at < host.len; at++)
		copy[at] = ascii_lower(host.ptr[at]);
	return span_of(copy, host.len);
}

bool
authority_read(struct span text, bool is_tls, struct arena *arena, struct authority *ret)
{
	bool is_literal = text.len && text.ptr[0] == '[';
	size_t end = is_literal ? span_find(text, ']') + 1 : span_find(text, ':');
	uint64_t port = 0;
	struct span host;

	if (end > text.len)
		return false;
	host = span_of(text.ptr, end);
	if (is_literal ? !is_ipv6_literal(host) : !is_name(host))
		return false;
	if (end < text.len) {
		if (text.ptr[end] != ':' ||
		    !span_to_u64(span_from(text, end + 1), 65535, &port) || port == 0)
			return false;
	}
	ret->host = lower(host, arena);
	ret->port = port == (is_tls ? 443 : 80) ? 0 : (uint16_t)port;
	return true;
}
