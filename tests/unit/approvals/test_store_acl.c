/* The shipped ACL lets everything through that the store does, and nothing more. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/approvals/store_house.h"

/* SHA-256 of "secret". */
static const char password[] =
	"#2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

static struct house house;

/* The shipped line, for the namespace and the password of the test. */
static void
set_user(void)
{
	const char *srcdir = getenv("srcdir");
	char path[512], line[2048], *words[64] = {0}, *rest = line;
	size_t count = 2;
	FILE *file;

	snprintf(path, sizeof(path), "%s/packaging/redis.acl", srcdir ? srcdir : ".");
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	words[0] = (char *)(uintptr_t)"ACL";
	words[1] = (char *)(uintptr_t)"SETUSER";
	assert_string_equal(strsep(&rest, " "), "user");
	while (rest) {
		char *word = strsep(&rest, " ");

		if (word[0] == '#')
			word = (char *)(uintptr_t)password;
		if (word[0] == '~') {
			assert_string_equal(word, "~{countersign}:*");
			word = (char *)(uintptr_t)"~{test}:*";
		}
		words[count++] = word;
	}
	assert_string_equal(redis_server_say(&house.redis, (const char *const *)words), "OK");
}

static struct store *
log_in(const char *name, const char *word)
{
	struct store_settings settings = {
		.redis = span_cstr(house.redis.address),
		.namespace = SPAN("test"),
		.username = span_cstr(name),
		.password = span_cstr(word),
		.keys = house.keys,
		.state_dir = house.state_dir,
		.node = "n1",
		.boot = "b1",
		.binding_secret = SPAN("0123456789abcdef"),
		.limits = &house.limits,
	};

	return store_new(house.loop, &settings, house.ring);
}

static void
on_time(void *owner UNUSED)
{
	loop_stop(house.loop);
}

static void
a_wrong_password_never_comes_up(void **state UNUSED)
{
	struct store *store = log_in("countersign", "wrong");
	struct timer *timer = timer_new(house.loop, on_time, NULL);

	timer_set(timer, 200 * MS_US);
	house_run(&house);
	assert_false(store_is_up(store));
	timer_free(&timer);
	store_free(&store);
}

static void
on_cancelled(void *owner, enum read_result result, const struct approval_view *view UNUSED)
{
	*(enum read_result *)owner = result;
	loop_stop(house.loop);
}

static void
on_page(void *owner, enum read_result result, json_t *approvals UNUSED, struct span next UNUSED)
{
	*(enum read_result *)owner = result;
	loop_stop(house.loop);
}

static void
on_wake(void *owner)
{
	++*(unsigned *)owner;
	loop_stop(house.loop);
}

static void
use_everything(struct store *store)
{
	struct call c;
	char id[APPROVAL_ID_LEN + 1], claim[CLAIM_ID_LEN + 1];
	enum read_result result = READ_UNAVAILABLE;
	unsigned wakes = 0;
	struct store_watch *watch = store_watch(store, "", on_wake, &wakes);

	call_make(&c, "alice", "/a", "");
	memcpy(id, house_ask(&house, store, &c).view.id, sizeof(id));
	assert_int_equal(house_decide(&house, store, id, "bob", "sre", true), DECIDE_DONE);
	assert_int_equal(house_ask(&house, store, &c).result, ASK_GRANTED);
	assert_int_equal(house_claim(&house, store, &c, id, claim), CLAIM_TAKEN);
	store_close_claim(store, id, claim, CLAIM_END_UNKNOWN);
	memcpy(id, house_ask(&house, store, &c).view.id, sizeof(id));
	store_leave(store, id, SPAN("w1"), true);
	while (house_state(&house, store, id) != APPROVAL_CANCELLED)
		house_tick(&house);
	memcpy(id, house_ask(&house, store, &c).view.id, sizeof(id));
	store_cancel(store, id, &c.person, on_cancelled, &result);
	while (result == READ_UNAVAILABLE)
		house_tick(&house);
	assert_int_equal(result, READ_FOUND);
	result = READ_UNAVAILABLE;
	store_list(store, APPROVAL_STATE_COUNT, SPAN(""), 10, on_page, &result);
	while (result == READ_UNAVAILABLE)
		house_tick(&house);
	assert_int_equal(result, READ_FOUND);
	store_recover(store);
	c.requirement.expires_us = 20 * MS_US;
	memcpy(id, house_ask(&house, store, &c).view.id, sizeof(id));
	wakes = 0;
	while (wakes == 0 || house_count(&house, "approval.expired") == 0)
		house_tick(&house);
	store_unwatch(&watch);
	call_clear(&c);
}

static void
the_shipped_rights_are_enough(void **state UNUSED)
{
	struct store *store = log_in("countersign", "secret");
	const char *denied;

	house_wait_up(&house, store);
	use_everything(store);
	assert_string_equal(store_epoch_kind(store), "replication-id");
	/* One thing only is asked that they do not give: whether every write is synced. */
	denied = redis_server_do(&house.redis, "ACL LOG 10");
	while ((denied = strstr(denied, "object\r\n")) != NULL) {
		denied = strchr(strchr(denied, '\n') + 1, '\n') + 1;
		if (strncmp(denied, "config|get", 10) != 0 && strncmp(denied, "AUTH", 4) != 0)
			fail_msg("denied: %.30s", denied);
	}
	store_free(&store);
}

static int
begin(void **state UNUSED)
{
	house_begin(&house, false);
	set_user();
	redis_server_do(&house.redis, "ACL LOG RESET");
	return 0;
}

static int
end(void **state UNUSED)
{
	house_end(&house);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_wrong_password_never_comes_up, begin, end),
		cmocka_unit_test_setup_teardown(the_shipped_rights_are_enough, begin, end),
	};

	return cmocka_run_group_tests_name("store_acl", tests, NULL, NULL);
}
