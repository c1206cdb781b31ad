/* The operator's log on standard error. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/emit.h"

enum { LOG_LINE_MAX = 8192 };

/* Set once before any thread starts, read-only ever after. */
static enum log_level least_level = LOG_INFO;
static enum log_format line_format = LOG_TEXT;

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARNING] = "warning",
	[LOG_ERROR] = "error",
};

void
log_setup(enum log_level least, enum log_format format)
{
	least_level = least;
	line_format = format;
}

bool
log_wants(enum log_level level)
{
	return level >= least_level;
}

static void
format_json(struct buf *line, enum log_level level, const char *event, struct span text)
{
	struct emit e = EMIT_INTO(line);

	emit_object(&e);
	emit_member_time(&e, "time", clock_wall());
	emit_member_cstr(&e, "level", level_names[level]);
	emit_member_cstr(&e, "event", event);
	emit_member(&e, "msg", text);
	emit_object_end(&e);
	buf_addc(line, '\n');
}

/* Anything outside printable ASCII is shown as \xNN, so that no value can forge a line. */
static void
format_text(struct buf *line, enum log_level level, const char *event, struct span text)
{
	char time[WALL_TEXT];

	wall_text(clock_wall(), time);
	buf_addf(line, "%s %s %s ", time, level_names[level], event);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c >= 0x20 && c < 0x7f)
			buf_addc(line, c);
		else
			buf_addf(line, "\\x%02x", (unsigned)(unsigned char)c);
	}
	buf_addc(line, '\n');
}

void
log_event(enum log_level level, const char *event, const char *format, ...)
{
	char text[2048];
	struct buf line = BUF_INIT(LOG_LINE_MAX * 2);
	va_list args;
	int len;
	ssize_t ignored UNUSED;

	if (!log_wants(level))
		return;
	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof(text))
		len = (int)sizeof(text) - 1;
	if (line_format == LOG_JSON)
		format_json(&line, level, event, span_of(text, (size_t)len));
	else
		format_text(&line, level, event, span_of(text, (size_t)len));
	ignored = write(STDERR_FILENO, line.ptr, line.len);
	buf_clear(&line);
}
