/* A store with everything it stands on: a loop, keys, a trail; and a call to ask about. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_STORE_HOUSE_H
#define TEST_STORE_HOUSE_H

#include "approvals/store.h"
#include "tests/unit/approvals/redis_server.h"

enum { HEAD_BYTES = 4096 };

/* One loop, one trail, and as many stores as a test wants. */
struct house {
	struct redis_server redis;
	struct loop *loop;
	struct timer *patience, *tick;
	int64_t ticks;
	bool is_late, is_flushed;
	char state_dir[80];
	struct keyring *keys;
	struct audit *audit;
	struct audit_ring *ring;
	struct watch *ring_watch;
	struct limits limits;
};

void house_begin(struct house *h, bool syncs);
void house_end(struct house *h);
/* A store on a state directory below the house's ("" for the house's own); waits for it to
 * come up. */
struct store *house_store(struct house *h, const char *sub, const char *boot);
/* Runs the loop until it is stopped; fails the test after ten seconds. */
void house_run(struct house *h);
/* Runs it for a moment: to be called until something is so; fails the test in the end. */
void house_tick(struct house *h);
void house_wait_up(struct house *h, struct store *s);
/* What the trail says so far, of this event: how often. */
unsigned house_count(struct house *h, const char *event);

/* A call that needs approval, with what may differ from test to test. */
struct call {
	char bytes[HEAD_BYTES];
	struct head head;
	struct request request;
	struct arena arena;
	struct person person;
	struct digest effect;
	struct bindable bindable;
	struct requirement requirement;
	struct ask ask;
};
/* `user` NULL: unnamed. */
void call_make(struct call *c, const char *user, const char *path, const char *body);
void call_clear(struct call *c);

/* Asks, and waits for the answer. */
struct asked_copy {
	enum ask_result result;
	bool is_opened, is_joined;
	struct approval_view view; /* no spans, no detail */
	char secret[APPROVAL_ID_LEN + 1];
	char reason[64];
	unsigned calls;
};
struct asked_copy house_ask(struct house *h, struct store *s, const struct call *c);
enum claim_result house_claim(struct house *h, struct store *s, const struct call *c,
                              const char *id, char ret_claim[CLAIM_ID_LEN + 1]);
enum decide_result house_decide(struct house *h, struct store *s, const char *id,
                                const char *user, const char *group, bool approves);
/* The state of an approval, APPROVAL_STATE_COUNT when there is none. */
enum approval_state house_state(struct house *h, struct store *s, const char *id);

#endif
