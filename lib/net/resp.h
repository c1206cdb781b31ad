/* The Redis protocol (RESP2) as values; the codec is hiredis. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_RESP_H
#define NET_RESP_H

#include "lib/base/buf.h"
#include "lib/base/span.h"

/* One reply, or a part of one. */
struct resp;

enum resp_kind { RESP_NIL, RESP_TEXT, RESP_INTEGER, RESP_ARRAY, RESP_ERROR };

/* All of these take NULL, which is nil: a part that is not there. */
enum resp_kind resp_kind(const struct resp *r);
/* Of a text, a status or an error; else empty.  Borrowed from the reply. */
struct span resp_text(const struct resp *r);
int64_t resp_integer(const struct resp *r);
size_t resp_count(const struct resp *r);
/* NULL past the end. */
const struct resp *resp_at(const struct resp *r, size_t index);
/* An error whose first word is `word`: "NOSCRIPT". */
bool resp_is_error(const struct resp *r, const char *word);

struct resp_reader;
/* `reply_max`: bytes of one reply; more is a fault of the peer. */
struct resp_reader *resp_reader_new(size_t reply_max);
void resp_reader_free(struct resp_reader **reader);

/* Copies.  False: this is not RESP2, or too much of it; the connection must go. */
MUST_CHECK bool resp_reader_feed(struct resp_reader *reader, struct span bytes);
/* The next whole reply, to be freed; NULL when there is none yet. */
struct resp *resp_reader_next(struct resp_reader *reader);
/* Set once something was wrong with the bytes. */
bool resp_reader_is_broken(const struct resp_reader *reader);
void resp_free(struct resp *r);

/* One command as bytes. */
void resp_command(struct buf *to, const struct span *args, size_t count);

#endif
