/* Addresses and networks as people write them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/net/address.h"

static struct address
read_ok(const char *text)
{
	struct buf why = BUF_INIT(1024);
	struct address a;

	if (!address_read(span_cstr(text), &a, &why))
		fail_msg("%s: %s", text, buf_cstr(&why));
	buf_clear(&why);
	return a;
}

static void
addresses_read_back_as_written(void **state UNUSED)
{
	static const char *const texts[] = {"127.0.0.1:80", "[::1]:65535", "unix:/run/x.sock",
	                                    "0.0.0.0:0"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_string_equal(read_ok(texts[i]).text, texts[i]);
}

static void
what_is_no_address_is_refused_with_a_reason(void **state UNUSED)
{
	static const char *const texts[] = {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
	                                    "127.0.0.1:080", "::1:80", "[::1:80", "unix:relative",
	                                    "unix:", "127.0.0.1:80x"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct buf why = BUF_INIT(1024);
		struct address a;

		if (address_read(span_cstr(texts[i]), &a, &why))
			fail_msg("%s was taken", texts[i]);
		assert_true(why.len > 0);
		buf_clear(&why);
	}
}

static void
loopback_is_known_in_each_family(void **state UNUSED)
{
	struct address four = read_ok("127.9.9.9:1"), six = read_ok("[::1]:1");
	struct address mapped = read_ok("[::ffff:127.0.0.1]:1"), far = read_ok("10.0.0.1:1");

	assert_true(address_is_loopback(&four));
	assert_true(address_is_loopback(&six));
	assert_true(address_is_loopback(&mapped));
	assert_false(address_is_loopback(&far));
}

static const struct {
	const char *network, *address;
	bool has;
} memberships[] = {
	{"10.0.0.0/8", "10.255.1.2:1", true},
	{"10.0.0.0/8", "11.0.0.1:1", false},
	{"192.168.1.128/25", "192.168.1.200:1", true},
	{"192.168.1.128/25", "192.168.1.100:1", false},
	{"127.0.0.1", "127.0.0.1:1", true},
	{"127.0.0.1", "127.0.0.2:1", false},
	{"0.0.0.0/0", "8.8.8.8:1", true},
	{"0.0.0.0/0", "[::1]:1", false},
	{"10.0.0.0/8", "[::ffff:10.1.1.1]:1", true},
	{"fd00::/8", "[fd12::1]:1", true},
	{"fd00::/8", "[fe80::1]:1", false},
	{"unix", "unix:/x", true},
	{"unix", "127.0.0.1:1", false},
};

static void
networks_have_their_addresses(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(memberships); i++) {
		struct address a = read_ok(memberships[i].address);
		struct source source = address_source(&a);
		struct network n;

		assert_true(network_read(span_cstr(memberships[i].network), &n));
		if (network_has(&n, &source) != memberships[i].has)
			fail_msg("%s, %s", memberships[i].network, memberships[i].address);
	}
}

static void
what_is_no_network_is_refused(void **state UNUSED)
{
	static const char *const texts[] = {"", "10.0.0.0/33", "10.0.0/8", "x", "::/129", "1.2.3.4/08"};
	struct network n;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_false(network_read(span_cstr(texts[i]), &n));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_read_back_as_written),
		cmocka_unit_test(what_is_no_address_is_refused_with_a_reason),
		cmocka_unit_test(loopback_is_known_in_each_family),
		cmocka_unit_test(networks_have_their_addresses),
		cmocka_unit_test(what_is_no_network_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
