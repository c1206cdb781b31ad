/* Where to listen or connect: IPv4, IPv6 or a Unix socket. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/base/buf.h"
#include "lib/base/span.h"

enum { ADDRESS_TEXT = 64 };

/* Kept small: every connection has one. */
struct address {
	union {
		sa_family_t ss_family;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} sa;
	socklen_t len;
	/* As people write it: "127.0.0.1:80", "[::1]:80", "unix:/x"; of a long path the end. */
	char text[ADDRESS_TEXT];
};

/* "HOST:PORT", "[IPV6]:PORT" or "unix:/PATH".  Names are resolved, blocking: for start-up
 * only.  False, and a sentence in `why`. */
MUST_CHECK bool address_read(struct span text, struct address *ret, struct buf *why);
/* The other side of a socket; a Unix peer reads "unix". */
void address_of_peer(int fd, struct address *ret);
bool address_is_unix(const struct address *a);
bool address_is_loopback(const struct address *a);
/* Without the port: "127.0.0.1", "::1", "unix".  Borrowed from the address. */
struct span address_host(const struct address *a);
uint16_t address_port(const struct address *a);

/* A network, "10.0.0.0/8" or one address. */
struct network {
	int family; /* AF_INET, AF_INET6, or AF_UNIX for the word "unix" */
	unsigned char bytes[16];
	unsigned bits;
};
MUST_CHECK bool network_read(struct span text, struct network *ret);
bool network_has(const struct network *n, const struct address *a);

#endif
