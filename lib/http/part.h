/* A part of a message's head. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_PART_H
#define HTTP_PART_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the head, as offsets from its first byte: a head may be moved while it is read. */
struct part {
	uint32_t at;
	uint32_t len;
};

static inline struct part
part_of(size_t from, size_t to)
{
	return (struct part){(uint32_t)from, (uint32_t)(to - from)};
}

#endif
