/* What was used and what was refused, on this machine's disk: Redis cannot take it back. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SPENT_LOG_H
#define APPROVALS_SPENT_LOG_H

#include "approvals/spent_book.h"
#include "lib/net/loop.h"

/*
 * STATE_DIR/spent.log, appended to by every process and thread that shares the directory.
 * Each looks at what the others appended before it answers.  Lines of approvals that are
 * over for more than a day are dropped when the file has grown.
 */
struct spent_log;

/* `boot` names this process; its life is known by a lock.  NULL, and a sentence in `why`. */
MUST_CHECK struct spent_log *spent_log_open(struct loop *loop, const char *state_dir,
                                            const char *boot, struct buf *why);
void spent_log_close(struct spent_log **log);

/* Up to date with what others appended.  What cannot be read may say the worst, and is taken to
 * say it: a no, an unknown outcome, all uses there can be. */
struct spent_known spent_log_look(struct spent_log *log, const char *id);
void spent_log_add_no(struct spent_log *log, const char *id, struct wall last);

enum spent_result {
	SPENT_TAKEN,   /* written; `fn` tells when it is durable */
	SPENT_USED_UP, /* all `uses` are taken already: no callback */
	SPENT_UNDER_REVIEW, /* an outcome is not known: no callback */
	SPENT_FAILED   /* cannot be written: no callback */
};
struct spent_take {
	const char *id, *claim;
	uint64_t uses;    /* as signed */
	struct wall last; /* when the approval is over */
};
/* Never calls back before it returns. */
typedef void spent_fn(void *owner, bool is_durable);
enum spent_result spent_log_take(struct spent_log *log, const struct spent_take *take,
                                 spent_fn *fn, void *owner);

/* The intent of this claim is about to be recorded: from here on it may have run.  False: it
 * must not, since a later start could not tell. */
MUST_CHECK bool spent_log_add_intent(struct spent_log *log, const char *id, const char *claim);
void spent_log_add_end(struct spent_log *log, const char *id, const char *claim,
                       enum claim_end end);

/* NULL when it was never taken here. */
const struct trace *spent_log_trace(struct spent_log *log, struct span claim);
/* Claims that have not ended and whose process is gone. */
void spent_log_each_orphan(struct spent_log *log, trace_fn *fn, void *owner);
/* Whether it may have run: the intent stands, or the machine went down with the mark. */
bool spent_log_may_have_run(const struct spent_log *log, const struct trace *trace);
bool spent_log_boot_is_gone(const struct spent_log *log, const char *boot);

#endif
