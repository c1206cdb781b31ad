/* The operator's log on standard error: one event per line, every value escaped. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "lib/base/span.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

/* Called once, before there are threads. */
void log_setup(enum log_level least, enum log_format format);
bool log_wants(enum log_level level);

/*
 * Event names are "thing.verb" from docs/log.md; the text is for people and says what to
 * do when there is something to do.  Never put bodies, credentials or secrets in it.
 */
void log_event(enum log_level level, const char *event, const char *format, ...)
	PRINTF_LIKE(3, 4);

#define log_debug(...) \
	do { \
		if (log_wants(LOG_DEBUG)) \
			log_event(LOG_DEBUG, __VA_ARGS__); \
	} while (0)
#define log_info(...) log_event(LOG_INFO, __VA_ARGS__)
#define log_warning(...) log_event(LOG_WARNING, __VA_ARGS__)
#define log_error(...) log_event(LOG_ERROR, __VA_ARGS__)

#endif
