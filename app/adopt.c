/* Another configuration while the process serves. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/adopt.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/announce.h"
#include "app/descriptors.h"
#include "app/reload.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

enum { WHY_MAX = 4096, COMPLAINTS_MAX = 1 << 20 };

static void
adopt(struct process *p, struct config *next, uint64_t callers_max)
{
	struct buf size = BUF_INIT(WHY_MAX);

	in_force_unref(&p->in_force);
	p->in_force = in_force_new(next, buf_span(&p->binding_secret));
	p->callers_max = callers_max;
	census_limit(p->service.shared.census, callers_max, next->limits.connections_per_address);
	announce_loaded(next, p->ring);
	for (unsigned i = 0; i < p->service.workers; i++)
		worker_adopt(p->workers[i], p->in_force);
	if (p->approvers)
		worker_adopt(p->approvers, p->in_force);
	announce_size(next, &size);
	log_info("config.adopted", "%s", buf_cstr(&size));
	buf_clear(&size);
}

bool
adopt_configuration(struct process *p, struct buf *ret_text)
{
	struct buf why = BUF_INIT(WHY_MAX);
	struct config *next = reload_read(p->path, p->config, ret_text, &why);
	uint64_t callers_max = p->callers_max;
	bool is_good = next != NULL;

	/* Warnings of a good one too, as at the start. */
	if (p->config->log_format == LOG_TEXT)
		fputs(buf_cstr(ret_text), stderr);
	if (next) {
		buf_reset(&why); /* at most a warning */
		is_good = descriptors_take(next, &callers_max, &why);
		buf_add(ret_text, buf_span(&why));
	}
	if (is_good) {
		adopt(p, next, callers_max);
	} else {
		announce_refused(buf_span(&why), p->ring);
		config_unref(&next);
	}
	buf_clear(&why);
	return is_good;
}

/* Asked for at the admin endpoint, done by the main thread, told there. */
struct job {
	struct process *process;
	reload_fn *fn;
	void *owner;
	bool is_adopted;
	struct buf text;
};

static void
tell(void *arg)
{
	struct job *job = arg;

	job->fn(job->owner, &(struct reload_result){job->is_adopted, buf_span(&job->text)});
	buf_clear(&job->text);
	free(job);
}

static void
run(void *arg)
{
	struct job *job = arg;
	struct process *p = job->process;

	if (!p->approvers) { /* it has ended meanwhile, and with it who asked */
		tell(job);
		return;
	}
	job->is_adopted = adopt_configuration(p, &job->text);
	worker_post(p->approvers, tell, job);
}

void
adopt_for_admin(void *process, reload_fn *fn, void *owner)
{
	struct process *p = process;
	struct job *job = memory_new(sizeof(*job));

	*job = (struct job){p, fn, owner, .text = BUF_INIT(COMPLAINTS_MAX)};
	loop_post(p->loop, run, job);
}
