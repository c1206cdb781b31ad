/* Inside of the store: what its files share.  For store*.c alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORE_STATE_H
#define APPROVALS_STORE_STATE_H

#include "approvals/spent_log.h"
#include "approvals/store.h"
#include "approvals/stored.h"
#include "approvals/table.h"
#include "lib/base/list.h"
#include "lib/net/redis.h"

enum script {
	SCRIPT_HELLO,
	SCRIPT_OPEN,
	SCRIPT_LOOK,
	SCRIPT_LIST,
	SCRIPT_DECIDE,
	SCRIPT_CLAIM,
	SCRIPT_CLOSE,
	SCRIPT_LEAVE,
	SCRIPT_CANCEL,
	SCRIPT_SWEEP,
	SCRIPT_RECORDED,
	SCRIPT_COUNT
};

enum { EPOCH_MAX = 64, EPOCH_ID_LEN = 32 };

struct store {
	struct loop *loop;
	struct audit_ring *ring;
	const struct keyring *keys;
	struct limits limits;
	char *namespace, *prefix, *feed, *node, *boot;
	char *binding_secret;
	struct spent_log *spent;        /* NULL: nothing gated is released */
	struct redis_script scripts[SCRIPT_COUNT];

	struct redis *link;             /* scripts */
	char epoch[EPOCH_MAX + 1];
	bool is_kept;                   /* the epoch is an id in the namespace */
	bool is_ready;                  /* the epoch is known */
	bool wants_recovery;            /* when the link is up */
	bool was_lost;                  /* store.lost stands in the trail */
	unsigned long replicas;
	struct list ops;
	struct list parked;             /* claims whose answer was lost */
	struct list errands;            /* things to tell Redis, again if need be */
	struct timer *sweep;

	struct redis *feed_link;        /* XREAD, which blocks */
	char feed_at[48];               /* the last entry seen */
	bool feed_rests;                /* it could not be read */
	struct table watches;           /* by id */

	struct table granted;           /* what may be claimed, by id */
	struct list granted_order;      /* the oldest first */
	size_t granted_bytes;
	struct table forged;            /* ids that stand in the trail as forged */
};

/* Part of every operation; ended exactly once. */
struct store_op {
	struct list node;
	struct store *store;            /* NULL: it is gone, and so is who asked */
	void *owner;
	bool is_forgotten;
	struct arena arena;
	void (*fail)(struct store_op *op);  /* tells that the store is unavailable, and ends it */
	void (*clear)(struct store_op *op); /* what is not in the arena; may be NULL */
	bool is_deferred;
};

void op_begin(struct store *s, struct store_op *op, void *owner,
              void (*fail)(struct store_op *op), void (*clear)(struct store_op *op));
void op_end(struct store_op *op);
/* fail() when this turn ends. */
void op_fail_later(struct store_op *op);
/* The store goes: frees them without a word. */
void ops_drop(struct store *s);

/* Learns the epoch; the store is ready, or not, when the answer is there. */
void store_say_hello(struct store *s);
/* Runs a script; ARGV begins with what prelude.lua wants. */
void store_run(struct store *s, enum script script, const struct span *args, size_t count,
               reply_fn *fn, void *owner);

/* What a script answered. */
enum answer_kind {
	ANSWER_LOST,  /* nobody knows whether it ran */
	ANSWER_ERROR, /* Redis refused, or said something that is not an answer */
	ANSWER_EPOCH, /* not carried out: another epoch, known now */
	ANSWER_SKEW,  /* not carried out: the clocks are too far apart */
	ANSWER_GIVEN
};
struct answer {
	enum answer_kind kind;
	struct span status;
	struct wall now; /* by Redis' clock */
	const struct resp *reply;
};
/* Where the script's own values begin. */
enum { ANSWER_VALUES = 5 };
struct answer store_answer(struct store *s, const struct resp *reply);

/* Texts of numbers for scripts, in the operation's arena. */
struct span number_text(struct arena *arena, int64_t number);
struct span sources_text(struct arena *arena, enum approval_event event);

/* Verifies; NULL: there is none, or it counts as none, which the trail then says. */
struct stored *store_verify(struct store *s, const struct resp *record, struct span id);
/* Whether our own disk contradicts what was read: somebody was faster, or somebody has put
 * back what was used or hidden a no.  Reading again tells which. */
bool store_is_contradicted(struct store *s, const struct stored *stored);
void store_report_forged(struct store *s, struct span id, const char *fault);
void store_forged_clear(struct store *s);
struct stored *store_verify_own(struct store *s, struct span sealed);
/* Fills `view` and gives it a detail, to be released with view_clear(). */
void view_fill(struct approval_view *view, const struct stored *stored, struct wall now);
void view_clear(struct approval_view *view);

/* store_feed.c */
void feed_begin(struct store *s, const struct redis_settings *settings);
void feed_end(struct store *s);
/* Starts again what rests. */
void feed_poke(struct store *s);
void watches_wake_all(struct store *s);

/* store_claim.c */
void granted_add(struct store *s, const struct stored *stored);
void granted_clear(struct store *s);
void claims_resume(struct store *s);
void claims_give_up(struct store *s);

/* store_errand.c */
void errand_close(struct store *s, const char *id, const char *claim, enum claim_end end);
/* Burns on our own account: recorded if the claim turns out to be taken. */
void errand_burn(struct store *s, const char *id, const char *claim, const char *why);
/* The trail has what the mark says. */
void errand_recorded(struct store *s, struct span mark);
/* Those that are due; all, because much may have changed. */
void errands_retry(struct store *s);
void errands_resume(struct store *s);
void errands_clear(struct store *s);

/* store_recover.c */
void recover_resume(struct store *s);

/* store_sweep.c */
void sweep_begin(struct store *s);

/* store_transition.c: Redis keeps a mark of each transition until it is recorded. */
/* Records what was just done.  `stored` may be NULL.  False: that is no mark, or another's. */
bool transition_record(struct store *s, struct span mark, const struct stored *stored);
/* What sweep.lua found unrecorded: [[mark, record], ...]. */
void transitions_take(struct store *s, const struct resp *unrecorded);

struct transition {
	enum record_code code;
	const char *state, *why; /* `why` may be NULL */
	char id[ULID_LEN + 1];
	struct wall at;
};

/* store_record.c: lines of the trail.  `why` and `claim` may be NULL. */
void store_record_request(struct store *s, enum record_code code, const struct stored *stored);
/* False: there is no room. */
bool store_record_id(struct store *s, enum record_code code, const char *id, const char *claim,
                     const char *why);
MUST_CHECK bool store_record_transition(struct store *s, const struct transition *t,
                                        const struct stored *stored);
void store_record_store(struct store *s, enum record_code code, const char *why);
/* False: there is no room. */
MUST_CHECK bool store_record_decision(struct store *s, const struct stored *stored,
                               const struct decision *decision, struct wall now,
                               durable_fn *fn, void *owner);
void store_record_refused(struct store *s, const struct stored *stored,
                   const struct decision *decision, const char *why);

#endif
