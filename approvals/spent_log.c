/* What was used and what was refused, on this machine's disk. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/spent_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "approvals/boots.h"
#include "approvals/spent_file.h"
#include "approvals/sync.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

enum {
	PATH_LONGEST = 4096,
	LINE_LONGEST = 400,
	REWRITE_OVER = 1 << 20,
	REWRITE_MAX = 1 << 30,
	KERNEL_LEN = 36,
};
#define DAY_US (86400 * SECOND_US)

struct spent_log {
	struct spent_file *file;
	struct sync *sync;
	struct spent_book book;
	struct boots *boots;
	char *boot;
	char kernel[KERNEL_LEN + 1]; /* this run of the operating system */
};

static void
on_line(void *owner, struct span line)
{
	struct spent_log *log = owner;

	spent_book_take(&log->book, line);
}

static void
on_anew(void *owner)
{
	struct spent_log *log = owner;

	spent_book_clear(&log->book);
}

static void
read_kernel(struct spent_log *log)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, log->kernel, KERNEL_LEN) != KERNEL_LEN)
		memcpy(log->kernel, "unknown", sizeof("unknown"));
	if (fd >= 0)
		close(fd);
}

static void
keep_line(void *owner, struct span line)
{
	spent_file_format(owner, line);
}

static void
rewrite_if_large(struct spent_log *log, struct wall now)
{
	struct buf lines = BUF_INIT(REWRITE_MAX);
	size_t size = spent_file_size(log->file);

	if (size < REWRITE_OVER)
		return;
	spent_book_prune(&log->book, (struct wall){now.us - DAY_US});
	spent_book_write(&log->book, keep_line, &lines);
	if (!lines.is_over && lines.len < size / 2)
		spent_file_rewrite(log->file, buf_span(&lines));
	buf_clear(&lines);
}

static bool
open_file(struct spent_log *log, const char *state_dir, struct buf *why)
{
	struct buf path = BUF_INIT(PATH_LONGEST);

	buf_addf(&path, "%s/spent.log", state_dir);
	log->file = spent_file_open(buf_cstr(&path), on_line, on_anew, log, why);
	if (log->file && !spent_file_lock(log->file)) {
		buf_addf(why, "%s: cannot be read: %s", buf_cstr(&path), strerror(errno));
		spent_file_close(&log->file);
	}
	buf_clear(&path);
	return log->file != NULL;
}

struct spent_log *
spent_log_open(struct loop *loop, const char *state_dir, const char *boot, struct buf *why)
{
	struct spent_log *log = memory_new(sizeof(*log));

	log->boot = memory_cstr(span_cstr(boot));
	log->sync = sync_new(loop);
	read_kernel(log);
	log->boots = boots_enter(state_dir, boot, why);
	if (!log->boots || !open_file(log, state_dir, why)) {
		spent_log_close(&log);
		return NULL;
	}
	rewrite_if_large(log, clock_wall());
	spent_file_unlock(log->file);
	return log;
}

void
spent_log_close(struct spent_log **log_at)
{
	struct spent_log *log = *log_at;

	if (!log)
		return;
	*log_at = NULL;
	sync_free(&log->sync);
	spent_book_clear(&log->book);
	spent_file_close(&log->file);
	boots_leave(&log->boots);
	free(log->boot);
	free(log);
}

struct spent_known
spent_log_look(struct spent_log *log, const char *id)
{
	if (!spent_file_read(log->file))
		return (struct spent_known){true, true, UINT64_MAX};
	return spent_book_look(&log->book, span_cstr(id));
}

/* With the lock, because a rewrite by another process would lose the line. */
static bool
add(struct spent_log *log, struct buf *line)
{
	bool is_added = false;

	if (spent_file_lock(log->file)) {
		is_added = spent_file_add(log->file, buf_span(line));
		spent_file_unlock(log->file);
	}
	buf_clear(line);
	return is_added;
}

void
spent_log_add_no(struct spent_log *log, const char *id, struct wall last)
{
	struct buf line = BUF_INIT(LINE_LONGEST);

	if (spent_log_look(log, id).has_no)
		return;
	buf_addf(&line, "no %s %lld", id, (long long)last.us);
	if (!add(log, &line))
		log_error("store.spent_log", "the denial of %s is not noted", id);
}

enum spent_result
spent_log_take(struct spent_log *log, const struct spent_take *take, spent_fn *fn, void *owner)
{
	struct buf line = BUF_INIT(LINE_LONGEST);
	enum spent_result result = SPENT_FAILED;
	struct spent_known known;

	spent_book_prune(&log->book, (struct wall){clock_wall().us - DAY_US});
	if (!spent_file_lock(log->file))
		return SPENT_FAILED;
	buf_addf(&line, "took %s %s %lld %s %s", take->id, take->claim, (long long)take->last.us,
	         log->boot, log->kernel);
	known = spent_book_look(&log->book, span_cstr(take->id));
	if (known.uses >= take->uses)
		result = SPENT_USED_UP;
	else if (known.has_unknown)
		result = SPENT_UNDER_REVIEW;
	else if (spent_file_add(log->file, buf_span(&line)))
		result = SPENT_TAKEN;
	buf_clear(&line);
	spent_file_unlock(log->file);
	if (result == SPENT_TAKEN)
		sync_request(log->sync, spent_file_fd(log->file), fn, owner);
	return result;
}

bool
spent_log_add_intent(struct spent_log *log, const char *id, const char *claim)
{
	struct buf line = BUF_INIT(LINE_LONGEST);

	buf_addf(&line, "intent %s %s", id, claim);
	return add(log, &line);
}

void
spent_log_add_end(struct spent_log *log, const char *id, const char *claim, enum claim_end end)
{
	struct buf line = BUF_INIT(LINE_LONGEST);

	buf_addf(&line, "end %s %s %s", id, claim, claim_end_name(end));
	if (!add(log, &line))
		log_error("store.spent_log", "the end of %s is not noted", id);
}

const struct trace *
spent_log_trace(struct spent_log *log, struct span claim)
{
	return spent_file_read(log->file) ? spent_book_trace(&log->book, claim) : NULL;
}

/* After a crash of the machine the mark may be lost while the intent is not. */
bool
spent_log_may_have_run(const struct spent_log *log, const struct trace *t)
{
	return t->has_intent || strcmp(t->kernel, log->kernel) != 0;
}

bool
spent_log_boot_is_gone(const struct spent_log *log, const char *boot)
{
	return boots_is_gone(log->boots, boot);
}

struct orphans {
	struct spent_log *log;
	trace_fn *fn;
	void *owner;
};

static void
tell_orphan(void *owner, const struct trace *t)
{
	const struct orphans *o = owner;

	if (!t->has_ended && boots_is_gone(o->log->boots, t->boot))
		o->fn(o->owner, t);
}

void
spent_log_each_orphan(struct spent_log *log, trace_fn *fn, void *owner)
{
	struct orphans o = {log, fn, owner};

	if (spent_file_read(log->file))
		spent_book_each(&log->book, tell_orphan, &o);
}
