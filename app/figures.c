/* What the workers count, for /metrics. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/figures.h"

#include <string.h>

static const struct figure {
	const char *metric, *outcome, *help;
} figures[PROXY_COUNTERS] = {
#define COUNTER(name, metric, label, help) [COUNT_##name] = {metric, label, help},
#include "proxy/counters.def"
#undef COUNTER
};

/* All counters of one metric stand next to each other in the table. */
struct family {
	struct proxy_shared *shared;
	size_t first;
};

static struct family families[PROXY_COUNTERS];

static uint64_t
count_of(struct proxy_shared *shared, size_t i)
{
	return atomic_load_explicit(&shared->counters[i], memory_order_relaxed);
}

static void
write_family(void *ctx, struct metrics_text *text)
{
	const struct family *f = ctx;

	for (size_t i = f->first; i < PROXY_COUNTERS; i++) {
		struct metric_label label = {"outcome", span_cstr(figures[i].outcome)};

		if (strcmp(figures[i].metric, figures[f->first].metric) != 0)
			break;
		metric_value(text, &label, label.value.len ? 1 : 0, count_of(f->shared, i));
	}
}

static void
write_waiting(void *ctx, struct metrics_text *text)
{
	struct proxy_shared *shared = ctx;

	metric_value(text, NULL, 0, atomic_load(&shared->waiting));
}

static void
write_under_way(void *ctx, struct metrics_text *text)
{
	struct proxy_shared *shared = ctx;

	metric_value(text, NULL, 0, atomic_load(&shared->under_way));
}

static void
write_held_bytes(void *ctx, struct metrics_text *text)
{
	struct proxy_shared *shared = ctx;

	metric_value(text, NULL, 0, atomic_load(&shared->held_bytes));
}

static void
write_connections(void *ctx, struct metrics_text *text)
{
	struct proxy_shared *shared = ctx;

	metric_value(text, NULL, 0, census_count(shared->census));
}

void
figures_add(struct metrics *metrics, struct proxy_shared *shared)
{
	const struct metric gauges[] = {
		{"countersign_holds", "Calls that wait for people right now", METRIC_GAUGE,
		 write_waiting, shared},
		{"countersign_requests_under_way", "Requests that are not answered yet",
		 METRIC_GAUGE, write_under_way, shared},
		{"countersign_held_bytes", "Bytes of waiting calls", METRIC_GAUGE,
		 write_held_bytes, shared},
		{"countersign_connections", "Connections of callers", METRIC_GAUGE,
		 write_connections, shared},
	};

	for (size_t i = 0; i < PROXY_COUNTERS; i++) {
		if (i && strcmp(figures[i].metric, figures[i - 1].metric) == 0)
			continue;
		families[i] = (struct family){shared, i};
		metrics_add(metrics, &(struct metric){figures[i].metric, figures[i].help,
		                                      METRIC_COUNTER, write_family,
		                                      &families[i]});
	}
	for (size_t i = 0; i < ARRAY_LEN(gauges); i++)
		metrics_add(metrics, &gauges[i]);
}
