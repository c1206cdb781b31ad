/* Networks of addresses, and where a caller comes from. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NETWORK_H
#define BASE_NETWORK_H

#include "lib/base/span.h"

/* A caller's address; IPv4 is mapped ("::ffff:10.0.0.1"), however it came in. */
struct source {
	bool is_unix;
	unsigned char ip[16];
};

/* "10.0.0.0/8", "::1/128", one address, or the word "unix". */
struct network {
	int family; /* AF_INET, AF_INET6 or AF_UNIX */
	unsigned char bytes[16];
	unsigned bits;
};

/* "10.0.0.1", "::1" or "unix": where somebody comes from. */
MUST_CHECK bool source_read(struct span text, struct source *ret);
/* A network of mapped addresses is the IPv4 network that it means. */
MUST_CHECK bool network_read(struct span text, struct network *ret);
/* Whether an address part goes beyond the bits that count: "10.0.0.1/8". */
bool network_has_host_bits(const struct network *n);
enum { NETWORK_TEXT = 64 };

/* As people write them, and a NUL. */
void network_text(const struct network *n, char ret[NETWORK_TEXT]);
void source_text(const struct source *source, char ret[NETWORK_TEXT]);

/* Networks of IPv6, "::/0" too, hold no IPv4 address. */
bool network_has(const struct network *n, const struct source *source);

#endif
