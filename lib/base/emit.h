/* Writes JSON text (RFC 8259) straight into a buf: one encoder for records and answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_EMIT_H
#define BASE_EMIT_H

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/digest.h"

/*
 * The output is printable ASCII only: valid UTF-8 becomes \uXXXX, a byte that is not
 * UTF-8 becomes \ufffd, controls are escaped.  So no value can end or forge a line.
 * Members are written as key then value; commas are kept here.
 */
struct emit {
	struct buf *out;
	bool needs_comma;
};

#define EMIT_INTO(buf) ((struct emit){.out = (buf)})

void emit_object(struct emit *e);
void emit_object_end(struct emit *e);
void emit_array(struct emit *e);
void emit_array_end(struct emit *e);

/* `key` is a literal of ours and needs no escape. */
void emit_key(struct emit *e, const char *key);
/* A key that comes from elsewhere. */
void emit_key_span(struct emit *e, struct span key);
void emit_string(struct emit *e, struct span value);
void emit_u64(struct emit *e, uint64_t value);
void emit_bool(struct emit *e, bool value);
void emit_null(struct emit *e);
/* JSON text that was made by this encoder or parsed before. */
void emit_raw(struct emit *e, struct span json);

/* Key and value in one. */
void emit_member(struct emit *e, const char *key, struct span value);
void emit_member_cstr(struct emit *e, const char *key, const char *value);
void emit_member_u64(struct emit *e, const char *key, uint64_t value);
void emit_member_bool(struct emit *e, const char *key, bool value);
void emit_member_time(struct emit *e, const char *key, struct wall value);
void emit_member_digest(struct emit *e, const char *key, const struct digest *value);

#endif
