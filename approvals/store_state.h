/* Inside of the store: what its files share.  For store*.c alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORE_STATE_H
#define APPROVALS_STORE_STATE_H

#include "approvals/spent_log.h"
#include "approvals/store_calls.h"
#include "approvals/stored.h"
#include "approvals/table.h"
#include "audit/audit.h"
#include "lib/base/list.h"
#include "lib/net/limits.h"
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

enum { EPOCH_MAX = 96, EPOCH_ID_LEN = 32 };

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
	bool is_kept;                   /* the epoch is an id in the namespace alone */
	bool is_ready;                  /* the epoch is known */
	struct store_links *links;      /* counts us while that is so */
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
	struct list watched;            /* the same: whose turn it is to be looked for */
	struct timer *waking;           /* everybody who waits: the epoch has changed */
	struct list deciding;           /* decisions under way */

	struct table granted;           /* what may be claimed, by id */
	struct list granted_order;      /* the oldest first */
	size_t granted_bytes;
	struct table forged;            /* ids that stand in the trail as forged */
};

/* store_feed.c */
void feed_begin(struct store *s, const struct redis_settings *settings);
void feed_end(struct store *s);
/* Starts again what rests. */
void feed_poke(struct store *s);
void watches_wake_all(struct store *s);
void watches_wake(struct store *s, struct span id);
/* The ids of the next few watches, in turn; returns how many.  Borrowed until a watch ends. */
size_t watches_next(struct store *s, struct span *ids, size_t max);

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
/* The same, with what prelude.lua gives beside the mark: [mark, record]. */
void transition_take(struct store *s, const struct resp *one);
/* What sweep.lua found unrecorded: [[mark, record], ...]. */
void transitions_take(struct store *s, const struct resp *unrecorded);

#endif
