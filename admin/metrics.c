/* Figures for Prometheus. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/metrics.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/memory.h"

struct metrics {
	struct metric *list;
	size_t count;
};

struct metrics_text {
	struct buf *to;
	const struct metric *metric;
};

struct metrics *
metrics_new(void)
{
	return memory_new(sizeof(struct metrics));
}

void
metrics_free(struct metrics *m)
{
	if (!m)
		return;
	free(m->list);
	free(m);
}

void
metrics_add(struct metrics *m, const struct metric *metric)
{
	m->list = memory_resize(m->list, (m->count + 1) * sizeof(*m->list));
	m->list[m->count++] = *metric;
}

/* Inside quotes a backslash, a quote and a line feed are escaped; the rest is UTF-8. */
static void
add_label_value(struct buf *to, struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\n') {
			buf_add(to, SPAN("\\n"));
			continue;
		}
		if (value.ptr[i] == '\\' || value.ptr[i] == '"')
			buf_addc(to, '\\');
		buf_addc(to, value.ptr[i]);
	}
}

static void
add_series(struct metrics_text *text, const struct metric_label *labels, size_t count)
{
	buf_add(text->to, span_cstr(text->metric->name));
	for (size_t i = 0; i < count; i++) {
		buf_addc(text->to, i ? ',' : '{');
		buf_add(text->to, span_cstr(labels[i].name));
		buf_add(text->to, SPAN("=\""));
		add_label_value(text->to, labels[i].value);
		buf_addc(text->to, '"');
	}
	if (count)
		buf_addc(text->to, '}');
	buf_addc(text->to, ' ');
}

void
metric_value(struct metrics_text *text, const struct metric_label *labels, size_t count,
             uint64_t value)
{
	add_series(text, labels, count);
	buf_add_u64(text->to, value);
	buf_addc(text->to, '\n');
}

void
metric_seconds(struct metrics_text *text, const struct metric_label *labels, size_t count,
               int64_t us)
{
	uint64_t size = us < 0 ? 0 : (uint64_t)us;

	add_series(text, labels, count);
	buf_addf(text->to, "%" PRIu64 ".%06" PRIu64 "\n", size / 1000000, size % 1000000);
}

void
metrics_write(const struct metrics *m, struct buf *to)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct metric *metric = &m->list[i];
		struct metrics_text text = {.to = to, .metric = metric};

		buf_addf(to, "# HELP %s %s\n", metric->name, metric->help);
		buf_addf(to, "# TYPE %s %s\n", metric->name,
		         metric->type == METRIC_COUNTER ? "counter" : "gauge");
		metric->read(metric->ctx, &text);
	}
}
