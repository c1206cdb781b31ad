/* Figures for Prometheus: who has some registers them, /metrics asks when it is asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_METRICS_H
#define ADMIN_METRICS_H

#include "lib/base/buf.h"

/* The text of one answer while it is written. */
struct metrics_text;

enum metric_type { METRIC_COUNTER, METRIC_GAUGE };

struct metric_label {
	const char *name; /* ours: [a-z_]+ */
	struct span value; /* bounded in number: a rule, a state; never a user or a path */
};

/* Calls metric_value() for each combination of labels; on the admin thread, so that what
 * other threads count is read atomically. */
typedef void metric_fn(void *ctx, struct metrics_text *text);

struct metric {
	const char *name; /* countersign_..., base units, counters end in _total */
	const char *help; /* one line, without a full stop */
	enum metric_type type;
	metric_fn *read;
	void *ctx;
};

void metric_value(struct metrics_text *text, const struct metric_label *labels, size_t count,
                  uint64_t value);
/* A duration, written in seconds. */
void metric_seconds(struct metrics_text *text, const struct metric_label *labels,
                    size_t count, int64_t us);

struct metrics;
struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);
/* Copied; its strings must outlive the list.  Before the admin thread runs, or on it. */
void metrics_add(struct metrics *m, const struct metric *metric);
/* Text format 0.0.4, in the order of registration. */
void metrics_write(const struct metrics *m, struct buf *to);

#endif
