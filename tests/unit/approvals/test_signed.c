/* Signed requests and decisions: what is taken, and what one changed byte does. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "approvals/signed_decision.h"
#include "tests/unit/approvals/store_house.h"

static char directory[64];
static struct keyring *keys;

static struct keyring *
open_keys(const char *sub)
{
	struct buf why = BUF_INIT(500);
	char path[100];
	struct keyring *ring;

	snprintf(path, sizeof(path), "%s/%s", directory, sub);
	mkdir(path, 0700);
	ring = keyring_open(path, &why);
	assert_non_null(ring);
	return ring;
}

static int
begin(void **state UNUSED)
{
	snprintf(directory, sizeof(directory), "/tmp/countersign-test-XXXXXX");
	assert_non_null(mkdtemp(directory));
	keys = open_keys("a");
	return 0;
}

static int
end(void **state UNUSED)
{
	char command[100];

	keyring_free(&keys);
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

static void
seal_request(const struct call *c, const char *id, enum key_role role, struct buf *to)
{
	json_t *draft = request_draft_json(&(struct request_draft){
		.bindable = &c->bindable,
		.requirement = &c->requirement,
		.binding = c->ask.binding,
		.title = SPAN("Delete user 7"),
		.reason = SPAN("because \xc3\xa9"),
		.source = SPAN("127.0.0.1"),
		.node = SPAN("n1"),
		.boot = SPAN("b1"),
	});

	buf_reset(to);
	request_stamp(draft, &(struct request_stamp){.id = id, .epoch = SPAN("e"), .now = clock_wall()},
	              keyring_own(keys, role), to);
	json_decref(draft);
}

#define ID "01ARZ3NDEKTSV4RRFFQ69G5FAV"

static bool
opens(struct span sealed, const struct keyring *with)
{
	struct signed_request r;
	bool is_open = signed_request_open(&r, sealed, with);

	signed_request_clear(&r);
	return is_open;
}

static void
what_is_signed_is_read_back(void **state UNUSED)
{
	struct call c;
	struct buf sealed = BUF_INIT(1 << 20);
	struct signed_request r;

	call_make(&c, "alice", "/users/7?force=1", "{\"a\":\"\\u0001\"}");
	seal_request(&c, ID, KEY_PROXY, &sealed);
	assert_true(signed_request_open(&r, buf_span(&sealed), keys));
	assert_string_equal(r.id, ID);
	assert_true(span_eq(r.requester.user, SPAN("alice")));
	assert_true(span_eq(r.rule, SPAN("users.delete")));
	assert_true(span_eq(r.reason, SPAN("because \xc3\xa9")));
	assert_true(digest_eq(&r.binding, &c.ask.binding));
	assert_int_equal(r.requirement.need_count, 1);
	assert_true(span_eq(r.requirement.needs[0].group, SPAN("sre")));
	assert_int_equal(r.expires_at.us - r.created_at.us, 60 * SECOND_US);
	/* No credential goes into what Redis is given. */
	assert_null(strstr(buf_cstr(&sealed), "s3cret"));
	assert_non_null(strstr(buf_cstr(&sealed), "hmac-sha256:"));
	signed_request_clear(&r);
	call_clear(&c);
	buf_clear(&sealed);
}

static void
bodies_of_any_bytes_are_shown_and_bound(void **state UNUSED)
{
	static const struct span bodies[] = {
		SPAN(""), SPAN("a\n\tb"), SPAN("\x00\x01\x02"), SPAN("\xff\xfe"), SPAN("a\x1b[31m"),
		SPAN("\xed\xa0\x80"), SPAN("{\"a\": \"\xf0\x9f\x98\x80\"}"),
	};
	struct buf sealed = BUF_INIT(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct call c;

		call_make(&c, i % 2 ? "alice" : NULL, "/users/7", "");
		c.bindable.body = bodies[i];
		assert_int_equal(binding_digest(&c.bindable, &c.ask.binding), FAULT_NONE);
		seal_request(&c, ID, KEY_PROXY, &sealed);
		if (!opens(buf_span(&sealed), keys))
			fail_msg("body %zu", i);
		call_clear(&c);
	}
	buf_clear(&sealed);
}

static void
no_byte_can_be_changed(void **state UNUSED)
{
	struct call c;
	struct buf sealed = BUF_INIT(1 << 20);

	call_make(&c, "alice", "/users/7", "x");
	seal_request(&c, ID, KEY_PROXY, &sealed);
	assert_true(opens(buf_span(&sealed), keys));
	for (size_t i = 0; i < sealed.len; i += i < 200 ? 1 : 17) {
		sealed.ptr[i] ^= 1;
		if (opens(buf_span(&sealed), keys))
			fail_msg("byte %zu", i);
		sealed.ptr[i] ^= 1;
	}
	for (size_t len = 0; len < sealed.len; len += 13)
		assert_false(opens(span_of(sealed.ptr, len), keys));
	call_clear(&c);
	buf_clear(&sealed);
}

static void
what_was_verified_is_known_by_its_whole_seal(void **state UNUSED)
{
	struct verified *v = verified_new();
	struct digest one = digest_of(SPAN("one")), other = one;

	assert_false(verified_has(v, &one));
	verified_add(v, &one);
	assert_true(verified_has(v, &one));
	/* The same place. */
	other.bytes[DIGEST_LEN - 1] ^= 1;
	assert_false(verified_has(v, &other));
	verified_add(v, &other);
	assert_true(verified_has(v, &other));
	assert_false(verified_has(v, &one));
	verified_free(v);
}

static void
a_key_signs_in_its_role_only(void **state UNUSED)
{
	struct call c;
	struct buf sealed = BUF_INIT(1 << 20), why = BUF_INIT(500), pem = BUF_INIT(4096);
	struct keyring *others = open_keys("b");
	const struct public_key *key = private_key_public(keyring_own(keys, KEY_PROXY));
	char path[100];
	FILE *file;

	call_make(&c, "alice", "/users/7", "x");
	seal_request(&c, ID, KEY_ADMIN, &sealed);
	assert_false(opens(buf_span(&sealed), keys));
	seal_request(&c, ID, KEY_PROXY, &sealed);
	assert_false(opens(buf_span(&sealed), others));
	snprintf(path, sizeof(path), "%s/proxy.pub", directory);
	public_key_pem(key, &pem);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(pem.ptr, 1, pem.len, file), pem.len);
	fclose(file);
	assert_true(keyring_trust(others, path, KEY_ADMIN, &why));
	assert_false(opens(buf_span(&sealed), others));
	assert_true(keyring_trust(others, path, KEY_PROXY, &why));
	assert_true(opens(buf_span(&sealed), others));
	assert_int_equal(keyring_count(others), 4);
	keyring_free(&others);
	call_clear(&c);
	buf_clear(&sealed);
	buf_clear(&pem);
	buf_clear(&why);
}

static void
what_is_shown_is_what_is_bound(void **state UNUSED)
{
	struct call c;
	struct buf sealed = BUF_INIT(1 << 20);

	/* A proxy that shows one thing and binds another. */
	call_make(&c, "alice", "/users/7", "x");
	c.ask.binding.bytes[0] ^= 1;
	seal_request(&c, ID, KEY_PROXY, &sealed);
	assert_false(opens(buf_span(&sealed), keys));
	call_clear(&c);
	buf_clear(&sealed);
}

static bool
decides(const struct signed_request *made_for, const struct signed_request *held_against,
        enum key_role role)
{
	static const struct span groups[] = {{"sre", 3}};
	struct person by = {SPAN("bob"), groups, 1, IDENTITY_TOKEN};
	struct buf sealed = BUF_INIT(1 << 20);
	struct signed_decision d;
	bool is_open;

	decision_seal(&(struct decision_draft){.request = made_for,
	                                       .approves = true,
	                                       .by = &by,
	                                       .reason = SPAN("fine"),
	                                       .decided_at = clock_wall(),
	                                       .expires_at = clock_wall()},
	              keyring_own(keys, role), &sealed);
	is_open = signed_decision_open(&d, buf_span(&sealed), held_against, keys);
	if (is_open)
		assert_true(d.vote.approves && span_eq(d.vote.user, SPAN("bob")));
	signed_decision_clear(&d);
	buf_clear(&sealed);
	return is_open;
}

static void
a_decision_is_for_one_request(void **state UNUSED)
{
	struct call c;
	struct buf first = BUF_INIT(1 << 20), second = BUF_INIT(1 << 20);
	struct signed_request a, b;

	call_make(&c, "alice", "/users/7", "x");
	seal_request(&c, ID, KEY_PROXY, &first);
	/* The same id and binding, signed another time: not what was decided on. */
	c.requirement.uses = 9;
	seal_request(&c, ID, KEY_PROXY, &second);
	assert_true(signed_request_open(&a, buf_span(&first), keys));
	assert_true(signed_request_open(&b, buf_span(&second), keys));
	assert_true(decides(&a, &a, KEY_ADMIN));
	assert_false(decides(&a, &a, KEY_PROXY));
	assert_false(decides(&a, &b, KEY_ADMIN));
	signed_request_clear(&a);
	signed_request_clear(&b);
	call_clear(&c);
	buf_clear(&first);
	buf_clear(&second);
}

static void
a_binding_secret_is_made_once(void **state UNUSED)
{
	char path[100];
	struct buf first = BUF_INIT(100), second = BUF_INIT(100), why = BUF_INIT(500);

	snprintf(path, sizeof(path), "%s/binding.key", directory);
	assert_false(binding_secret_open(path, false, &first, &why));
	assert_true(binding_secret_open(path, true, &first, &why));
	assert_true(binding_secret_open(path, true, &second, &why));
	assert_int_equal(first.len, 32);
	assert_true(span_eq(buf_span(&first), buf_span(&second)));
	buf_clear(&first);
	buf_clear(&second);
	buf_clear(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_signed_is_read_back),
		cmocka_unit_test(bodies_of_any_bytes_are_shown_and_bound),
		cmocka_unit_test(no_byte_can_be_changed),
		cmocka_unit_test(what_was_verified_is_known_by_its_whole_seal),
		cmocka_unit_test(a_key_signs_in_its_role_only),
		cmocka_unit_test(what_is_shown_is_what_is_bound),
		cmocka_unit_test(a_decision_is_for_one_request),
		cmocka_unit_test(a_binding_secret_is_made_once),
	};

	return cmocka_run_group_tests_name("signed", tests, begin, end);
}
