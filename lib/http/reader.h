/* What head.c and start_line.c share: one call of head_read(), in steps. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_READER_H
#define HTTP_READER_H

#include <stddef.h>

#include "lib/http/fault.h"

enum phase { PHASE_METHOD, PHASE_TARGET, PHASE_VERSION, PHASE_STATUS, PHASE_NAME, PHASE_VALUE };

enum step { STEP_ON, STEP_DONE, STEP_MORE, STEP_FAULT };

struct head;
struct head_limits;

/* One call of head_read(). */
struct reader {
	struct head *head;
	const char *bytes;
	size_t end; /* of what may be looked at: all that came, but not past head_max */
	const struct head_limits *limits;
	enum fault fault;
};

static inline enum step
fail(struct reader *r, enum fault fault)
{
	r->fault = fault;
	return STEP_FAULT;
}

/* `byte` may not stand where it stands: what is wrong with it of itself, else `otherwise`. */
static inline enum step
fail_at(struct reader *r, char byte, enum fault otherwise)
{
	unsigned char code = (unsigned char)byte;

	if (byte == '\n')
		return fail(r, FAULT_LINE_END);
	if ((code < 0x20 && byte != '\t' && byte != '\r') || code >= 0x7f)
		return fail(r, FAULT_BYTE_FORBIDDEN);
	return fail(r, otherwise);
}

/* At a CR: whether its LF follows. */
static inline enum step
read_line_end(struct reader *r, size_t at)
{
	if (at + 1 >= r->end)
		return STEP_MORE;
	return r->bytes[at + 1] == '\n' ? STEP_ON : fail(r, FAULT_LINE_END);
}

enum step read_method(struct reader *r);
enum step read_target(struct reader *r);
enum step read_version(struct reader *r);
enum step read_status_line(struct reader *r);

#endif
