/* Latencies in buckets of 1/64 octave: every sample counted, none off by over 1.6 %. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_LATENCY_H
#define BENCH_LATENCY_H

#include <stdint.h>

enum { LATENCY_STEPS = 64, LATENCY_BUCKETS = 64 * LATENCY_STEPS };

struct latency {
	uint64_t samples;
	uint32_t buckets[LATENCY_BUCKETS];
};

static inline void
latency_add(struct latency *latency, uint64_t ns)
{
	uint64_t value = ns < LATENCY_STEPS ? LATENCY_STEPS : ns;
	unsigned octave = 63 - (unsigned)__builtin_clzll(value);

	latency->buckets[octave * LATENCY_STEPS + ((value >> (octave - 6)) & 63)]++;
	latency->samples++;
}

/* The upper end of the bucket below which `share` of the samples lie, in microseconds.
 */
static inline double
latency_quantile_us(const struct latency *latency, double share)
{
	uint64_t wanted = (uint64_t)((double)latency->samples * share), seen = 0;

	for (unsigned i = 6 * LATENCY_STEPS; i < LATENCY_BUCKETS; i++) {
		seen += latency->buckets[i];
		if (seen > wanted || seen == latency->samples) {
			unsigned octave = i / LATENCY_STEPS, step = i % LATENCY_STEPS;

			return (double)((uint64_t)(LATENCY_STEPS + step + 1)
			                << (octave - 6)) /
			       1000;
		}
	}
	return 0;
}

#endif
