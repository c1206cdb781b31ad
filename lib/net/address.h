/* Where to listen or connect: IPv4, IPv6 or a Unix socket. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/base/buf.h"
#include "lib/base/network.h"
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
/* The same, but asks nobody: a name leaves an address without length. */
MUST_CHECK bool address_read_offline(struct span text, struct address *ret, struct buf *why);
/* The other side of a socket; a Unix peer reads "unix". */
void address_of_peer(int fd, struct address *ret);
/* The same place, however it was written. */
bool address_eq(const struct address *a, const struct address *b);
bool address_is_unix(const struct address *a);
bool address_is_loopback(const struct address *a);
/* Without the port: "127.0.0.1", "::1", "unix".  Borrowed from the address. */
struct span address_host(const struct address *a);
uint16_t address_port(const struct address *a);

/* As rules and networks look at it. */
struct source address_source(const struct address *a);

#endif
