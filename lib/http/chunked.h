/* Decodes the chunked coding in place, strictly.  RFC 9112 section 7.1. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_CHUNKED_H
#define HTTP_CHUNKED_H

#include "lib/http/head.h"

/* A zeroed struct is at the first chunk. */
struct chunked {
	uint64_t left;    /* of the current chunk */
	uint64_t total;   /* of all data so far */
	unsigned state;   /* private to chunked.c */
	unsigned digits;
	uint32_t trailer_bytes;
	bool drops_trailers; /* answers: trailers are checked and dropped; requests: a fault */
};

/*
 * Reads `*len` bytes at `bytes`, moves the data to the front and sets `*len` to how much
 * of it there is.  `*ret_taken` is how many input bytes were used up: less than given
 * only when DONE.  The same data for every way of cutting.  Chunk extensions are faults.
 */
MUST_CHECK enum progress chunked_read(struct chunked *c, char *bytes, size_t *len,
                                      size_t *ret_taken, enum fault *ret_fault);

/* The line before a chunk of `len` bytes, "1f4\r\n"; at most CHUNK_LINE bytes. */
enum { CHUNK_LINE = 20 };
size_t chunked_line(char to[CHUNK_LINE], uint64_t len);

#endif
