/* A store with everything it stands on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/approvals/store_house.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "approvals/keyring.h"

#define PATIENCE (10 * SECOND_US)
#define TICK (5 * MS_US)

static void
on_late(void *owner)
{
	struct house *h = owner;

	h->is_late = true;
	loop_stop(h->loop);
}

static void
on_ring(void *owner)
{
	struct house *h = owner;

	audit_ring_poll(h->ring);
}

void
house_run(struct house *h)
{
	h->is_late = false;
	timer_set(h->patience, PATIENCE);
	loop_run(h->loop);
	timer_clear(h->patience);
	if (h->is_late) {
		fprintf(stderr, "nothing happened for ten seconds\n");
		abort();
	}
}

/* For conditions that more than one event may bring about. */
void
house_tick(struct house *h)
{
	if (++h->ticks > PATIENCE / TICK) {
		fprintf(stderr, "it did not come to be in ten seconds\n");
		abort();
	}
	timer_set(h->tick, TICK);
	loop_run(h->loop);
	timer_clear(h->tick);
}

static void
on_tick(void *owner)
{
	struct house *h = owner;

	loop_stop(h->loop);
}

static void
fail_with(struct buf *why)
{
	fprintf(stderr, "%s\n", buf_cstr(why));
	abort();
}

void
house_begin(struct house *h, bool syncs)
{
	struct buf why = BUF_INIT(1000);
	char file[120];

	*h = (struct house){.limits = limits_default};
	redis_server_start(&h->redis, syncs);
	h->loop = loop_new();
	h->patience = timer_new(h->loop, on_late, h);
	h->tick = timer_new(h->loop, on_tick, h);
	snprintf(h->state_dir, sizeof(h->state_dir), "%s/state", h->redis.directory);
	mkdir(h->state_dir, 0700);
	snprintf(file, sizeof(file), "%s/audit.jsonl", h->redis.directory);
	h->keys = keyring_open(h->state_dir, &why);
	if (!h->keys)
		fail_with(&why);
	h->audit = audit_open(&(struct audit_settings){.file = file,
	                                               .state_dir = h->state_dir,
	                                               .node = "n1",
	                                               .boot = "b1",
	                                               .version = "0",
	                                               .signer = keyring_own(h->keys, KEY_ADMIN)},
	                      &why);
	if (!h->audit)
		fail_with(&why);
	h->ring = audit_ring_new(h->audit, "test", &why);
	if (!h->ring)
		fail_with(&why);
	h->ring_watch = watch_new(h->loop, audit_ring_fd(h->ring), on_ring, h);
}

void
house_end(struct house *h)
{
	watch_free(&h->ring_watch);
	audit_ring_close(&h->ring);
	audit_close(&h->audit);
	keyring_free(&h->keys);
	timer_free(&h->patience);
	timer_free(&h->tick);
	loop_free(h->loop);
	redis_server_stop(&h->redis);
}

void
house_wait_up(struct house *h, struct store *s)
{
	while (!store_is_up(s))
		house_tick(h);
}

struct store *
house_store(struct house *h, const char *sub, const char *boot)
{
	char state_dir[120];
	struct store_settings settings = {
		.redis = span_cstr(h->redis.address),
		.namespace = SPAN("test"),
		.keys = h->keys,
		.state_dir = state_dir,
		.node = "n1",
		.boot = boot,
		.binding_secret = SPAN("0123456789abcdef"),
		.limits = &h->limits,
	};
	struct store *s;

	snprintf(state_dir, sizeof(state_dir), "%s%s%s", h->state_dir, *sub ? "/" : "", sub);
	mkdir(state_dir, 0700);
	s = store_new(h->loop, &settings, h->ring);
	assert(s);
	house_wait_up(h, s);
	return s;
}

static void
on_flushed(void *owner, bool is_durable)
{
	struct house *h = owner;

	assert(is_durable);
	h->is_flushed = true;
	loop_stop(h->loop);
}

unsigned
house_count(struct house *h, const char *event)
{
	char path[120], line[16384], word[80];
	unsigned count = 0;
	FILE *file;

	/* What was queued before is in the file when this one is. */
	assert(record_begin(h->ring, RECORD_CONFIG_LOADED, clock_wall()));
	h->is_flushed = false;
	record_end_durable(h->ring, on_flushed, h);
	while (!h->is_flushed)
		house_run(h);
	snprintf(path, sizeof(path), "%s/audit.jsonl", h->redis.directory);
	snprintf(word, sizeof(word), "\"event\":\"%s\"", event);
	file = fopen(path, "re");
	assert(file);
	while (fgets(line, sizeof(line), file))
		count += strstr(line, word) != NULL;
	fclose(file);
	return count;
}

void
call_make(struct call *c, const char *user, const char *path, const char *body)
{
	static const struct head_limits limits = {.head_max = HEAD_BYTES,
	                                          .target_max = 1024,
	                                          .headers_max = 50};
	static const struct request_options options;
	static const struct span groups[] = {{"dev", 3}};
	enum fault fault = FAULT_NONE;
	enum progress progress;

	*c = (struct call){0};
	snprintf(c->bytes, sizeof(c->bytes),
	         "POST %s HTTP/1.1\r\nHost: admin.example\r\nContent-Type: application/json\r\n"
	         "Authorization: Bearer s3cret\r\nUser-Agent: x\r\nContent-Length: %zu\r\n\r\n",
	         path, strlen(body));
	head_reset(&c->head, HEAD_REQUEST);
	progress = head_read(&c->head, span_cstr(c->bytes), &limits, &fault);
	assert(progress == PROGRESS_DONE);
	fault = request_read_host(&c->request, &c->head, false, &c->arena);
	assert(fault == FAULT_NONE);
	fault = request_read(&c->request, &c->head, &options, &c->arena);
	assert(fault == FAULT_NONE);
	if (user)
		c->person = (struct person){span_cstr(user), groups, 1, IDENTITY_TOKEN};
	c->effect = digest_of(SPAN("effect"));
	c->bindable = (struct bindable){
		.namespace = SPAN("test"),
		.site = SPAN("users"),
		.rule = SPAN("users.delete"),
		.effect = &c->effect,
		.requester = &c->person,
		.anonymous_source = SPAN("127.0.0.1"),
		.request = &c->request,
		.upstream_host = SPAN("admin.example"),
		.body = span_cstr(body),
		.inspected_body_max = 1 << 20,
		.binding_secret = SPAN("0123456789abcdef"),
	};
	c->requirement = (struct requirement){
		.needs = {{SPAN("sre"), 1}},
		.need_count = 1,
		.expires_us = 60 * SECOND_US,
		.valid_for_us = 60 * SECOND_US,
		.uses = 1,
		.effect = c->effect,
	};
	c->ask = (struct ask){
		.bindable = &c->bindable,
		.requirement = &c->requirement,
		.title = SPAN("Delete user 7"),
		.source = SPAN("127.0.0.1"),
		.waiter = SPAN("w1"),
		.lease_us = 60 * SECOND_US,
	};
	fault = binding_digest(&c->bindable, &c->ask.binding);
	assert(fault == FAULT_NONE);
}

void
call_clear(struct call *c)
{
	arena_clear(&c->arena);
}

struct asking {
	struct house *house;
	struct asked_copy copy;
};

static void
on_asked(void *owner, const struct asked *asked)
{
	struct asking *a = owner;

	a->copy.result = asked->result;
	a->copy.is_opened = asked->is_opened;
	a->copy.is_joined = asked->is_joined;
	a->copy.view = asked->view;
	snprintf(a->copy.reason, sizeof(a->copy.reason), "%.*s", SPAN_ARG(asked->view.reason));
	memcpy(a->copy.secret, asked->secret, sizeof(a->copy.secret));
	a->copy.calls++;
	loop_stop(a->house->loop);
}

struct asked_copy
house_ask(struct house *h, struct store *s, const struct call *c)
{
	struct asking a = {.house = h};

	store_ask(s, &c->ask, on_asked, &a);
	assert(a.copy.calls == 0);
	/* A test's own callbacks may stop the loop, too. */
	while (a.copy.calls == 0)
		house_run(h);
	return a.copy;
}

struct claiming {
	struct house *house;
	bool is_done;
	enum claim_result result;
};

static void
on_claimed(void *owner, enum claim_result result, const struct approval_view *view UNUSED)
{
	struct claiming *c = owner;

	c->result = result;
	c->is_done = true;
	loop_stop(c->house->loop);
}

enum claim_result
house_claim(struct house *h, struct store *s, const struct call *c, const char *id,
            char ret_claim[CLAIM_ID_LEN + 1])
{
	struct claiming claiming = {.house = h};

	store_claim(s, id, &c->ask.binding, c->ask.waiter, ret_claim, on_claimed, &claiming);
	while (!claiming.is_done)
		house_run(h);
	return claiming.result;
}

struct deciding {
	struct house *house;
	bool is_done;
	enum decide_result result;
};

static void
on_decided(void *owner, enum decide_result result, const struct approval_view *view UNUSED)
{
	struct deciding *d = owner;

	d->result = result;
	d->is_done = true;
	loop_stop(d->house->loop);
}

enum decide_result
house_decide(struct house *h, struct store *s, const char *id, const char *user,
             const char *group, bool approves)
{
	struct span groups[] = {span_cstr(group)};
	struct person by = {span_cstr(user), groups, 1, IDENTITY_TOKEN};
	struct deciding d = {.house = h};

	store_decide(s,
	             &(struct decision){.id = id,
	                                .approves = approves,
	                                .reason = SPAN("because"),
	                                .by = &by},
	             on_decided, &d);
	while (!d.is_done)
		house_run(h);
	return d.result;
}

struct reading {
	struct house *house;
	bool is_done;
	enum approval_state state;
};

static void
on_read(void *owner, enum read_result result, const struct approval_view *view)
{
	struct reading *r = owner;

	if (result == READ_FOUND)
		r->state = view->state;
	r->is_done = true;
	loop_stop(r->house->loop);
}

enum approval_state
house_state(struct house *h, struct store *s, const char *id)
{
	struct reading r = {.house = h, .state = APPROVAL_STATE_COUNT};

	store_read(s, id, on_read, &r);
	while (!r.is_done)
		house_run(h);
	return r.state;
}
