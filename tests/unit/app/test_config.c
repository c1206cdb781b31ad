/* What a configuration becomes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/config_load.h"

#define LISTEN "listen: [{address: \"127.0.0.1:8443\"}]\n"
#define SITE "sites: [{name: a, upstream: \"http://127.0.0.1:8080\", otherwise: allow"

static struct config *
read_config(const char *text)
{
	struct complaints *why = complaints_new();
	struct config *config = config_read("/etc/cs/x.yaml", span_cstr(text), why);
	struct buf said = BUF_INIT(1 << 16);

	complaints_text(why, &said);
	if (!config)
		fail_msg("%s", buf_cstr(&said));
	buf_clear(&said);
	complaints_free(why);
	return config;
}

static void
what_is_left_out_has_its_default(void **state)
{
	struct config *config = read_config(LISTEN SITE "}]\n");
	const struct site *site = &config->sites[0];

	(void)state;
	assert_true(config->workers >= 1);
	assert_int_equal(config->log_level, LOG_INFO);
	assert_int_equal(config->log_format, LOG_TEXT);
	assert_false(config->admin.is_on);
	assert_false(config->store.is_on);
	assert_string_equal(config->state_dir, "/var/lib/countersign");
	assert_string_equal(config->audit.file, "/var/log/countersign/audit.jsonl");
	assert_false(config->audit.passes_on_failure);
	assert_memory_equal(&config->limits, &limits_default, sizeof(limits_default));
	assert_memory_equal(&site->limits, &limits_default, sizeof(limits_default));
	assert_int_equal(site->callers, CALLERS_IDENTIFIED);
	assert_memory_equal(&site->identify, &identify_default, sizeof(identify_default));
	assert_false(site->strips_authorization);
	assert_int_equal(site->options.bodies_on, 0);
	assert_string_equal(site->upstream.text, "127.0.0.1:8080");
	assert_true(span_eq(site->upstream_host, SPAN("127.0.0.1:8080")));
	assert_non_null(site->rules);
	assert_non_null(config->identity);
	config_unref(&config);
	assert_null(config);
}

static void
a_site_takes_the_limits_of_the_process_and_changes_some(void **state)
{
	/* The order of keys in the file means nothing. */
	struct config *config = read_config(LISTEN SITE ", limits: {answer_timeout: 5m}}]\n"
	                                    "limits: {body_timeout: 7s, answer_timeout: 1s}\n");

	(void)state;
	assert_int_equal(config->limits.answer_timeout_us, 1000000);
	assert_int_equal(config->sites[0].limits.answer_timeout_us, 300000000);
	assert_int_equal(config->sites[0].limits.body_timeout_us, 7000000);
	config_unref(&config);
}

static void
paths_count_from_the_directory_of_the_file(void **state)
{
	struct config *config = read_config(
		LISTEN SITE "}]\nstate_dir: state\naudit: {file: /a.jsonl}\n");

	(void)state;
	assert_string_equal(config->state_dir, "/etc/cs/state");
	assert_string_equal(config->audit.file, "/a.jsonl");
	config_unref(&config);
}

static void
doors_and_store_are_read(void **state)
{
	struct config *config = read_config(
		"admin: {address: \"[::1]:0\", public_url: \"https://a.example/\", operators: ops}\n"
		"identity: {tokens: [{user: o, groups: [ops], sha256: "
		"2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b}],\n"
		"  header: {user: X-User, trust: [unix, 10.0.0.0/8]}}\n"
		"store: {redis: \"redis://127.0.0.1/0\", namespace: x}\nworkers: 3\n");
	struct address inside, outside;
	struct buf why = BUF_INIT(100);

	(void)state;
	assert_int_equal(config->workers, 3);
	assert_true(config->admin.is_on);
	assert_int_equal(address_port(&config->admin.address), 0);
	assert_true(span_eq(config->admin.public_url, SPAN("https://a.example")));
	assert_true(span_eq(config->admin.operators.at[0], SPAN("ops")));
	assert_false(config->store.is_embedded);
	assert_true(span_eq(config->store.redis, SPAN("redis://127.0.0.1:6379")));
	assert_string_equal(config->store.address.text, "127.0.0.1:6379");
	assert_true(address_read(SPAN("10.1.2.3:4"), &inside, &why));
	assert_true(address_read(SPAN("11.1.2.3:4"), &outside, &why));
	assert_true(config->identity_settings.is_trusted(config->identity_settings.trusted, &inside));
	assert_false(config->identity_settings.is_trusted(config->identity_settings.trusted, &outside));
	config_unref(&config);
	buf_clear(&why);
}

static void
the_last_reference_frees(void **state)
{
	struct config *config = read_config(LISTEN SITE "}]\n");
	struct config *other = config_ref(config);

	(void)state;
	config_unref(&config);
	assert_int_equal(other->site_count, 1);
	config_unref(&other);
	config_unref(&other);
}

/* Digest of a policy with these keys on its site. */
static struct digest
policy_of(const char *keys)
{
	struct buf text = BUF_INIT(4000);
	struct config *config;
	struct digest policy;

	buf_addf(&text, "%s%s%s}]\n", LISTEN, SITE, keys);
	config = read_config(buf_cstr(&text));
	policy = config->policy;
	config_unref(&config);
	buf_clear(&text);
	return policy;
}

static void
the_policy_digest_covers_what_decides(void **state)
{
	static const char *const changes[] = {
		", hosts: [a.example]", ", callers: anyone", ", encoded_slash: keep",
		", matrix: keep", ", percent25: keep", ", header_utf8: true", ", bodies_on: [GET]",
		", identify: [token]", ", rules: [{name: x, match: {method: GET}, verdict: deny}]",
	};
	struct digest plain = policy_of(""), again = policy_of(", limits: {idle_timeout: 1s}");

	(void)state;
	assert_true(digest_eq(&plain, &again));
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct digest changed = policy_of(changes[i]);

		if (digest_eq(&plain, &changed))
			fail_msg("%s", changes[i]);
	}
}

/* Every key has a name and a sentence, every default reads, and every table is reachable. */
static void
walk(const struct schema *s, size_t *keys)
{
	assert_non_null(s->name);
	for (size_t i = 0; i < s->key_count; i++) {
		const struct key *key = &s->keys[i];

		(*keys)++;
		assert_non_null(key->name);
		assert_ptr_equal(schema_find(s, span_cstr(key->name)), key);
		if (!key->help && !key->is_later)
			fail_msg("%s of %s has no help", key->name, s->name);
		if (key->type == KEY_CUSTOM && !key->is_later && (!key->read || !key->form))
			fail_msg("%s of %s has no reader or form", key->name, s->name);
		if (key->object && !key->is_later)
			walk(key->object, keys);
	}
}

static void
tables_are_complete(void **state)
{
	size_t keys = 0;

	(void)state;
	walk(&config_schema, &keys);
	assert_true(keys > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_out_has_its_default),
		cmocka_unit_test(a_site_takes_the_limits_of_the_process_and_changes_some),
		cmocka_unit_test(paths_count_from_the_directory_of_the_file),
		cmocka_unit_test(doors_and_store_are_read),
		cmocka_unit_test(the_last_reference_frees),
		cmocka_unit_test(the_policy_digest_covers_what_decides),
		cmocka_unit_test(tables_are_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
