/* Where to listen or connect. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

/* The text was made when the address was; nothing is formatted per request. */
struct span
address_host(const struct address *a)
{
	size_t len = strlen(a->text);

	if (a->sa.ss_family != AF_INET && a->sa.ss_family != AF_INET6)
		return SPAN("unix");
	while (len && a->text[len - 1] != ':')
		len--;
	if (a->sa.ss_family == AF_INET)
		return span_of(a->text, len - 1);
	return span_of(a->text + 1, len - 3);
}

uint16_t
address_port(const struct address *a)
{
	if (a->sa.ss_family == AF_INET)
		return ntohs(a->sa.in.sin_port);
	return a->sa.ss_family == AF_INET6 ? ntohs(a->sa.in6.sin6_port) : 0;
}

static void
fill_text(struct address *a)
{
	char host[INET6_ADDRSTRLEN];

	if (a->sa.ss_family == AF_INET)
		inet_ntop(AF_INET, &a->sa.in.sin_addr, host, sizeof(host));
	else if (a->sa.ss_family == AF_INET6)
		inet_ntop(AF_INET6, &a->sa.in6.sin6_addr, host, sizeof(host));
	if (a->sa.ss_family == AF_INET)
		snprintf(a->text, sizeof(a->text), "%.46s:%u", host, address_port(a));
	else if (a->sa.ss_family == AF_INET6)
		snprintf(a->text, sizeof(a->text), "[%.46s]:%u", host, address_port(a));
	else
		memcpy(a->text, "unix", sizeof("unix"));
}

static bool
read_unix(struct span path, struct address *ret, struct buf *why)
{
	struct sockaddr_un *sun = &ret->sa.un;
	size_t shown = path.len > ADDRESS_TEXT - 9 ? ADDRESS_TEXT - 9 : path.len;

	if (path.len == 0 || path.ptr[0] != '/' || path.len >= sizeof(sun->sun_path)) {
		buf_addf(why, "a Unix socket needs an absolute path of at most %zu bytes",
		         sizeof(sun->sun_path) - 1);
		return false;
	}
	*ret = (struct address){0};
	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, path.ptr, path.len);
	ret->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.len + 1);
	snprintf(ret->text, sizeof(ret->text), "unix:%s%.*s", shown < path.len ? "..." : "",
	         SPAN_ARG(span_from(path, path.len - shown)));
	return true;
}

static bool
split_port(struct span text, struct span *host, struct span *port)
{
	size_t colon = text.len;

	while (colon && text.ptr[colon - 1] != ':')
		colon--;
	if (colon < 2)
		return false;
	*host = span_of(text.ptr, colon - 1);
	*port = span_from(text, colon);
	if (host->ptr[0] == '[') {
		if (host->len < 3 || host->ptr[host->len - 1] != ']')
			return false;
		*host = span_of(host->ptr + 1, host->len - 2);
		return true;
	}
	return !span_contains(*host, ':');
}

/* With AI_NUMERICHOST no name is resolved: it leaves an empty address. */
static bool
read_address(struct span text, int flags, struct address *ret, struct buf *why)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
	struct addrinfo *found = NULL;
	char host_text[256], port_text[8];
	struct span host, port;
	uint64_t number;
	int failure;

	if (span_starts(text, SPAN("unix:")))
		return read_unix(span_from(text, 5), ret, why);
	if (!split_port(text, &host, &port) || host.len >= sizeof(host_text) ||
	    !span_to_u64(port, 65535, &number)) {
		buf_addf(why, "expected HOST:PORT, [IPV6]:PORT or unix:/PATH");
		return false;
	}
	snprintf(host_text, sizeof(host_text), "%.*s", SPAN_ARG(host));
	snprintf(port_text, sizeof(port_text), "%u", (unsigned)number);
	failure = getaddrinfo(host_text, port_text, &hints, &found);
	*ret = (struct address){0};
	if (failure == EAI_NONAME && flags == AI_NUMERICHOST)
		return true;
	if (failure) {
		buf_addf(why, "the name %s cannot be resolved: %s", host_text,
		         gai_strerror(failure));
		return false;
	}
	ret->len = found->ai_addrlen;
	memcpy(&ret->sa, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	fill_text(ret);
	return true;
}

bool
address_read(struct span text, struct address *ret, struct buf *why)
{
	return read_address(text, 0, ret, why);
}

bool
address_read_offline(struct span text, struct address *ret, struct buf *why)
{
	return read_address(text, AI_NUMERICHOST, ret, why);
}

void
address_of_peer(int fd, struct address *ret)
{
	*ret = (struct address){.len = sizeof(ret->sa)};
	if (getpeername(fd, (struct sockaddr *)&ret->sa, &ret->len) < 0)
		ret->sa.ss_family = AF_UNIX;
	fill_text(ret);
}

bool
address_eq(const struct address *a, const struct address *b)
{
	return a->len == b->len && memcmp(&a->sa, &b->sa, a->len) == 0;
}

bool
address_is_unix(const struct address *a)
{
	return a->sa.ss_family == AF_UNIX;
}

bool
address_is_loopback(const struct address *a)
{
	static const unsigned char v4_in_v6[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};

	if (a->sa.ss_family == AF_INET)
		return ntohl(a->sa.in.sin_addr.s_addr) >> 24 == 127;
	if (a->sa.ss_family != AF_INET6)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&a->sa.in6.sin6_addr) ||
	       memcmp(&a->sa.in6.sin6_addr, v4_in_v6, sizeof(v4_in_v6)) == 0;
}

struct source
address_source(const struct address *a)
{
	struct source source = {false, {[10] = 0xff, [11] = 0xff}};

	if (a->sa.ss_family == AF_INET)
		memcpy(source.ip + 12, &a->sa.in.sin_addr, 4);
	else if (a->sa.ss_family == AF_INET6)
		memcpy(source.ip, a->sa.in6.sin6_addr.s6_addr, 16);
	else
		source.is_unix = true;
	return source;
}
