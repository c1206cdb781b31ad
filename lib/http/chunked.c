/* Decodes the chunked coding in place, strictly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/chunked.h"

#include "lib/http/bytes.h"

enum state {
	STATE_SIZE,
	STATE_SIZE_LF,
	STATE_DATA,
	STATE_DATA_CR,
	STATE_DATA_LF,
	STATE_LINE, /* at the start of a trailer line, or of the empty one */
	STATE_TRAILER_NAME,
	STATE_TRAILER_VALUE,
	STATE_TRAILER_LF,
	STATE_LAST_LF,
	STATE_DONE,
};

/* Eight digits say 4 GiB, and cannot overflow anything. */
enum { DIGITS_MAX = 8, TRAILER_MAX = 8192 };

static enum fault
read_size(struct chunked *c, char byte)
{
	int digit = ascii_hex(byte);

	if (digit >= 0 && c->digits < DIGITS_MAX) {
		c->left = c->left << 4 | (uint64_t)digit;
		c->digits++;
		return FAULT_NONE;
	}
	if (byte == '\n')
		return FAULT_LINE_END;
	if (c->digits == 0 || digit >= 0)
		return FAULT_CHUNK_SIZE;
	if (byte == ';' || byte == ' ' || byte == '\t')
		return FAULT_CHUNK_EXTENSION;
	if (byte != '\r')
		return FAULT_CHUNK_SIZE;
	c->state = STATE_SIZE_LF;
	return FAULT_NONE;
}

static enum fault
read_trailer(struct chunked *c, char byte)
{
	if (++c->trailer_bytes > TRAILER_MAX)
		return FAULT_TRAILER;
	switch ((enum state)c->state) {
	case STATE_LINE:
		if (byte == '-' || !byte_is(byte, BYTE_NAME))
			return FAULT_TRAILER;
		c->state = STATE_TRAILER_NAME;
		return FAULT_NONE;
	case STATE_TRAILER_NAME:
		if (byte == ':')
			c->state = STATE_TRAILER_VALUE;
		else if (!byte_is(byte, BYTE_NAME))
			return FAULT_TRAILER;
		return FAULT_NONE;
	default:
		if (byte == '\r')
			c->state = STATE_TRAILER_LF;
		else if (byte != '\t' && (byte < ' ' || byte > '~'))
			return FAULT_TRAILER;
		return FAULT_NONE;
	}
}

/* At the start of a line after the last chunk. */
static enum fault
read_line(struct chunked *c, char byte)
{
	if (byte == '\r') {
		c->state = STATE_LAST_LF;
		return FAULT_NONE;
	}
	if (byte == '\n')
		return FAULT_LINE_END;
	/* What stands after a body was judged must not add to the head (RFC 9112 7.1.2). */
	return c->drops_trailers ? read_trailer(c, byte) : FAULT_TRAILER;
}

static enum fault
expect(struct chunked *c, char byte, char expected, enum state next)
{
	if (byte != expected)
		return expected == '\n' ? FAULT_LINE_END : FAULT_CHUNK_END;
	c->state = next;
	return FAULT_NONE;
}

/* One byte that is not data. */
static enum fault
read_byte(struct chunked *c, char byte)
{
	switch ((enum state)c->state) {
	case STATE_SIZE:
		return read_size(c, byte);
	case STATE_SIZE_LF:
		c->digits = 0;
		return expect(c, byte, '\n', c->left ? STATE_DATA : STATE_LINE);
	case STATE_DATA_CR:
		return expect(c, byte, '\r', STATE_DATA_LF);
	case STATE_DATA_LF:
		return byte == '\n' ? expect(c, byte, '\n', STATE_SIZE) : FAULT_CHUNK_END;
	case STATE_LINE:
		return read_line(c, byte);
	case STATE_TRAILER_NAME:
	case STATE_TRAILER_VALUE:
		return read_trailer(c, byte);
	case STATE_TRAILER_LF:
		return expect(c, byte, '\n', STATE_LINE);
	case STATE_LAST_LF:
		return expect(c, byte, '\n', STATE_DONE);
	case STATE_DATA:
	case STATE_DONE:
		break;
	}
	__builtin_unreachable();
}

/* As much data as there is; returns how many bytes. */
static size_t
take_data(struct chunked *c, char *to, const char *from, size_t len)
{
	if (len > c->left)
		len = (size_t)c->left;
	if (to != from)
		memmove(to, from, len);
	c->left -= len;
	c->total += len;
	if (c->left == 0)
		c->state = STATE_DATA_CR;
	return len;
}

enum progress
chunked_read(struct chunked *c, char *bytes, size_t *len, size_t *ret_taken,
             enum fault *ret_fault)
{
	size_t at = 0, data = 0;
	enum fault fault = FAULT_NONE;

	while (at < *len && c->state != STATE_DONE && !fault) {
		if (c->state == STATE_DATA) {
			size_t taken = take_data(c, bytes + data, bytes + at, *len - at);

			at += taken;
			data += taken;
		} else {
			fault = read_byte(c, bytes[at++]);
		}
	}
	*len = data;
	*ret_taken = at;
	if (fault) {
		*ret_fault = fault;
		return PROGRESS_FAULT;
	}
	return c->state == STATE_DONE ? PROGRESS_DONE : PROGRESS_MORE;
}

size_t
chunked_line(char to[CHUNK_LINE], uint64_t len)
{
	static const char digits[] = "0123456789abcdef";
	size_t count = 1, at;

	while (count < 16 && len >> (4 * count))
		count++;
	for (at = 0; at < count; at++)
		to[at] = digits[len >> (4 * (count - 1 - at)) & 0xf];
	to[at++] = '\r';
	to[at++] = '\n';
	return at;
}
