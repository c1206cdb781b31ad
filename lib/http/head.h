/* The head of a message: strict, incremental, without allocation.  RFC 9112 sections 2-5. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "lib/base/span.h"
#include "lib/http/fault.h"
#include "lib/http/fields.h"
#include "lib/http/part.h"

struct field {
	struct part name;
	struct part value; /* trimmed of SP and HTAB */
	enum field_id id;
	unsigned flags; /* enum field_flag; of the id, or of the family the name belongs to */
};

/* FIELD_LINE_MAX: bytes of one field line without its CR LF. */
enum { HEAD_FIELDS_MAX = 256, FIELD_LINE_MAX = 8192 };

struct head_limits {
	size_t head_max;    /* bytes of the whole head, final empty line included */
	size_t target_max;  /* bytes of the request target */
	size_t headers_max; /* at most HEAD_FIELDS_MAX */
	bool may_be_utf8;   /* field values may hold valid UTF-8 (site option header_utf8) */
};

enum head_kind { HEAD_REQUEST, HEAD_ANSWER };

struct head {
	enum head_kind kind;
	const char *base;      /* where offsets count from, as of the last head_read() */
	size_t len;            /* bytes of the head once it is complete */
	unsigned minor;        /* HTTP/1.minor: 0 or 1 */
	struct part method;    /* requests */
	struct part target;
	int status;            /* answers: 100..599 */
	size_t field_count;
	uint64_t present;      /* bit per field_id seen; FIELD_COUNT stays under 64 */
	unsigned flags;        /* all flags of all fields */
	bool has_utf8;         /* some value holds a byte past ASCII */
	bool has_start_line;   /* method and target, or status, can be read already */
	/* Where reading goes on; private to head.c. */
	unsigned phase;
	size_t scanned;
	size_t line;
	size_t mark;
	enum field_id id;
	uint8_t first[FIELD_COUNT]; /* index of the first field, where `present` says so */
	struct field fields[HEAD_FIELDS_MAX];
};

/* What an incremental reader has come to. */
enum progress { PROGRESS_DONE, PROGRESS_MORE, PROGRESS_FAULT };

/* Forgets all but the kind; touches only what reading needs. */
void head_reset(struct head *h, enum head_kind kind);

/*
 * Reads on: `bytes` starts at the first byte of the message and holds all that has come
 * so far; it may have moved since the last call.  The outcome is the same for every way
 * of cutting the input.  DONE: h->len bytes are the head.  No blank line is skipped.
 */
MUST_CHECK enum progress head_read(struct head *h, struct span bytes,
                                   const struct head_limits *limits, enum fault *ret_fault);

static inline struct span
head_part(const struct head *h, struct part part)
{
	return span_of(h->base + part.at, part.len);
}

static inline bool
head_has(const struct head *h, enum field_id id)
{
	return h->present >> id & 1;
}

/* The value of the only field with this id; the empty span when there is none.  For ids
 * that are FIELD_SINGLE; others give the first. */
struct span head_value(const struct head *h, enum field_id id);

/* The first field of this name, any case; NULL when there is none.  `*count` (may be NULL)
 * receives how many lines carry the name. */
const struct field *head_find(const struct head *h, struct span name, size_t *count);

/* Whether a caller's field goes upstream, as far as its flags tell. */
static inline bool
field_is_forwarded(const struct field *f)
{
	return !(f->flags & (FIELD_HOP | FIELD_FORWARDING | FIELD_OVERRIDE | FIELD_OURS |
	                     FIELD_WRITTEN));
}

#endif
