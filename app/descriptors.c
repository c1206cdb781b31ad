/* Open files: how many there may be, and for whom. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/descriptors.h"

#include <sys/resource.h>

#include "admin/admin.h"

enum {
	/* Not connections of callers: loop, rings, spent log and two links to the store. */
	OF_WORKER = 16,
	/* Log, keys, trail, the main thread and the admin thread; who asks at the admin endpoint. */
	OF_PROCESS = 64 + ADMIN_CONNECTIONS,
};

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
descriptors_for_callers(const struct config *config, uint64_t files)
{
	const struct limits *limits = &config->limits;
	uint64_t ours = OF_PROCESS + OF_WORKER * (uint64_t)config->workers;
	uint64_t left = files > ours ? files - ours : 0;
	uint64_t upstreams = limits->upstream_connections * config->site_count;

	/* No caller has more than one connection to an upstream at a time. */
	return least(limits->connections, left - least(upstreams, left / 2));
}

bool
descriptors_take(const struct config *config, uint64_t *callers, struct buf *why)
{
	struct rlimit files = {0, 0};
	uint64_t before = *callers;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	*callers = descriptors_for_callers(config, files.rlim_cur);
	if (*callers == 0) {
		buf_addf(why, "at most %llu open files are too few for %u workers; raise the limit",
		         (unsigned long long)files.rlim_cur, config->workers);
		return false;
	}
	if (*callers != before && *callers < config->limits.connections)
		log_warning("serve.descriptors",
		            "at most %llu open files: %llu callers at a time, not the %llu of "
		            "limits.connections",
		            (unsigned long long)files.rlim_cur, (unsigned long long)*callers,
		            (unsigned long long)config->limits.connections);
	return true;
}
