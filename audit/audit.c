/* The trail of one process: opening and closing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/audit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "audit/anchor.h"
#include "audit/lookup.h"
#include "audit/path.h"
#include "audit/recover.h"
#include "audit/ring_lanes.h"
#include "audit/secret.h"
#include "audit/writer.h"
#include "lib/base/memory.h"

/* What stands in every line as it is, and in names of files. */
static bool
is_plain_name(const char *name, size_t max)
{
	struct span s = span_cstr(name);

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '-' && c != '_' && c != '.' &&
		    c != ':')
			return false;
	}
	return s.len > 0 && s.len <= max && s.ptr[0] != '.';
}

static bool
settings_are_good(const struct audit_settings *settings, struct buf *why)
{
	if (is_plain_name(settings->node, NODE_NAME_MAX) &&
	    is_plain_name(settings->boot, BOOT_NAME_MAX) &&
	    is_plain_name(settings->version, NODE_NAME_MAX))
		return true;
	buf_addf(why, "node \"%s\", boot \"%s\" and version \"%s\" must each be 1 to %d letters, "
	         "digits, - _ . or :", settings->node, settings->boot, settings->version,
	         NODE_NAME_MAX);
	return false;
}

static struct audit *
audit_new(const struct audit_settings *settings)
{
	struct audit *a = memory_new(sizeof(*a));
	char *chain = path_join(settings->node, settings->boot);

	chain_init(&a->chain, chain);
	free(chain);
	a->trail_id = anchor_trail(settings->file);
	a->signer = settings->signer;
	a->state_dir = memory_cstr(span_cstr(settings->state_dir));
	a->boot_name = memory_cstr(span_cstr(settings->boot));
	a->batch = BUF_INIT(BATCH_BYTES + 4 * LINE_MAX_LEN);
	a->trail.fd = a->boot.lock_fd = -1;
	a->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	draft_style_init(&a->style, settings->node, settings->version);
	stamp_init(&a->stamp);
	list_init(&a->rings);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	atomic_store(&a->is_well, true);
	a->checkpoint_at = clock_mono();
	return a;
}

static void
audit_free(struct audit *a, bool removes_boot)
{
	syncer_stop(&a->syncer);
	trail_close(&a->trail);
	boot_close(&a->boot, removes_boot);
	if (a->wake_fd >= 0)
		close(a->wake_fd);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	buf_clear(&a->batch);
	memory_wipe(&a->style, sizeof(a->style));
	free(a->state_dir);
	free(a->boot_name);
	free(a);
}

static bool
open_redaction_key(struct audit *a, struct buf *why)
{
	char *path = path_join(a->state_dir, "redaction.key");
	bool is_open = secret_open(path, &a->style.redaction_key, why);

	free(path);
	return is_open;
}

/* Our own directory, and those of the dead: nobody else may come in between. */
static bool
open_boots(struct audit *a, struct boot **ret_dead, size_t *ret_count, struct buf *why)
{
	int lock = boot_lock_all(a->state_dir, why);
	bool is_open;

	if (lock < 0)
		return false;
	is_open = boot_create(&a->boot, a->state_dir, a->boot_name, a->chain.name, why);
	if (is_open) {
		boot_set_trail(&a->boot, &a->trail_id);
		*ret_count = boot_find_dead(a->state_dir, ret_dead);
	}
	close(lock);
	return is_open;
}

static bool
take_over(struct audit *a, const char *file, struct buf *why)
{
	struct boot *dead = NULL;
	size_t count = 0;
	bool is_done = open_boots(a, &dead, &count, why) && open_redaction_key(a, why) &&
	               trail_open(&a->trail, file, why) && recover(a, dead, count, why);

	for (size_t i = 0; i < count; i++)
		boot_close(&dead[i], false);
	free(dead);
	return is_done;
}

static void
wake(void *audit)
{
	audit_wake(audit);
}

static bool
start_thread(struct audit *a, struct buf *why)
{
	int error = pthread_create(&a->thread, NULL, thread_run, a);

	if (error) {
		buf_addf(why, "the audit thread cannot be started: %s", strerror(error));
		return false;
	}
	pthread_setname_np(a->thread, "audit");
	return true;
}

static bool
start(struct audit *a, const char *file, struct buf *why)
{
	sigset_t all, before;
	bool is_started;

	if (a->wake_fd < 0) {
		buf_addf(why, "eventfd: %s", strerror(errno));
		return false;
	}
	/* Signals are for the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	is_started = syncer_start(&a->syncer, writer_sync_work, wake, a, why) &&
	             take_over(a, file, why) && start_thread(a, why);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return is_started;
}

struct audit *
audit_open(const struct audit_settings *settings, struct buf *why)
{
	struct audit *a;

	if (!settings_are_good(settings, why))
		return NULL;
	a = audit_new(settings);
	if (start(a, settings->file, why))
		return a;
	/* Once a line is written, the next start must find where the chain ends. */
	audit_free(a, a->written.seq == 0);
	return NULL;
}

void
audit_close(struct audit **pointer)
{
	struct audit *a = *pointer;

	*pointer = NULL;
	if (!a)
		return;
	atomic_store(&a->is_closing, true);
	audit_wake(a);
	pthread_join(a->thread, NULL);
	/* What was not sealed and anchored is for the next start to look at. */
	audit_free(a, a->is_sealed && !a->keeps_rings);
}

void
audit_reopen(struct audit *a)
{
	atomic_store(&a->wants_reopen, true);
	audit_wake(a);
}

bool
audit_is_well(const struct audit *a)
{
	return atomic_load_explicit(&a->is_well, memory_order_relaxed);
}

bool
audit_has_record(const struct audit_ring *ring, enum record_code code, struct span text)
{
	return audit_lookup(ring->audit->trail.path, code, text);
}

uint64_t
audit_lines_written(const struct audit *a)
{
	return atomic_load_explicit(&a->lines, memory_order_relaxed);
}
