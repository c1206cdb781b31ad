/* Conditions and bindings as people write them: what is taken, and what is said to the rest. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#define MATCH(rest) "rules:\n  - {name: r, verdict: deny, match: {" rest "}}\n"
#define BIND(rest) \
	"rules:\n  - {name: r, match: {path: /a}, verdict: approval, " \
	"approval: {from: {group: sre}, bind: " rest "}}\n"

static const struct row {
	const char *policy;
	const char *says; /* a part of the complaints */
} wrongs[] = {
	{MATCH("query: x"), "a map"},
	{MATCH("query: {}"), "names nothing"},
	{MATCH("query: {'': x}"), "without a name"},
	{MATCH("query: {a: }"), "string"},
	{MATCH("query: {a: {}}"), "asks nothing"},
	{MATCH("query: {a: {eqq: x}}"), "did you mean \"eq\"?"},
	{MATCH("query: {a: {eq: [x]}}"), "string"},
	{MATCH("query: {a: {in: x}}"), "a list"},
	{MATCH("query: {a: [[x]]}"), "string"},
	{MATCH("query: {a: {prefix: ''}}"), "is empty"},
	{MATCH("query: {a: {regex: ''}}"), "is empty"},
	{MATCH("query: {a: {regex: '('}}"), "not a regular expression"},
	{MATCH("query: {a: {gt: x}}"), "decimal number"},
	{MATCH("query: {a: {gt: '5'}}"), "in quotes"},
	{MATCH("query: {a: {le: 1e3}}"), "decimal number"},
	{MATCH("query: {a: {exists: yes}}"), "true or false"},
	{MATCH("query: {a: {not: {}}}"), "match.query.a.not: asks nothing"},
	{MATCH("query: {a: 007}"), "looks like a number"},
	{MATCH("query: {a: 1e3}"), "looks like a number"},
	{MATCH("query: {a: .5}"), "looks like a number"},
	{MATCH("query: {a: 5.}"), "looks like a number"},
	{MATCH("query: {a: +1}"), "looks like a number"},
	{MATCH("query: {a: [x, -01]}"), "match.query.a[1]: \"-01\" looks like a number"},
	{MATCH("query: {a: 11111111111111111111111111111111111111111111111111111111111111111}"), "64 digits"},
	{MATCH("headers: {'a b': x}"), "no name of a header"},
	{MATCH("headers: {'': x}"), "no name of a header"},
	{MATCH("headers: {Host: x}"), "\"host\" asks"},
	{MATCH("headers: {content-length: 5}"), "where a body ends"},
	{MATCH("headers: {Transfer-Encoding: chunked}"), "where a body ends"},
	{MATCH("headers: {Connection: x}"), "belongs to one connection"},
	{MATCH("headers: {TE: x}"), "belongs to one connection"},
	{MATCH("headers: {Upgrade: x}"), "belongs to one connection"},
	{MATCH("headers: {X-Forwarded-For: x}"), "\"source\" asks"},
	{MATCH("headers: {X-Forwarded-Whatever: x}"), "\"source\" asks"},
	{MATCH("headers: {Countersign-Token: x}"), "never goes upstream"},
	{MATCH("headers: {Countersign-Other: x}"), "never goes upstream"},
	{MATCH("headers: {X-HTTP-Method-Override: x}"), "refused whenever it comes"},
	{MATCH("headers: {X-A: x, x-a: y}"), "stands here twice"},
	{MATCH("body: {amount: 1}"), "no JSON pointer"},
	{MATCH("body: {'': 1}"), "no JSON pointer"},
	{MATCH("body: {/a~2: 1}"), "no JSON pointer"},
	{MATCH("body: {/a/-: 1}"), "no JSON pointer"},
	{MATCH("form: [a]"), "a map"},
	{MATCH("source: 10.0.0.1/8"), "bits set beyond its prefix"},
	{MATCH("source: [10.0.0.0/8, example.com]"), "match.source[1]: \"example.com\" is no network"},
	{MATCH("source: 10.0.0.0/33"), "is no network"},
	{MATCH("source: {a: b}"), "string"},
	{MATCH("time: mon"), "a map"},
	{MATCH("time: {}"), "neither days nor hours"},
	{MATCH("time: {zone: UTC}"), "neither days nor hours"},
	{MATCH("time: {days: monday}"), "mon, tue, wed"},
	{MATCH("time: {days: [mon, tu]}"), "did you mean \"tue\"?"},
	{MATCH("time: {hours: '9:00-17:00'}"), "is not from one time"},
	{MATCH("time: {hours: '09:00'}"), "is not from one time"},
	{MATCH("time: {hours: '09:00-24:01'}"), "is not from one time"},
	{MATCH("time: {hours: '24:00-06:00'}"), "is not from one time"},
	{MATCH("time: {hours: '09:60-10:00'}"), "is not from one time"},
	{MATCH("time: {hours: ['00:00-24:00', '09:00-09:00']}"), "match.time.hours[1]: begins when it ends"},
	{MATCH("time: {days: mon, zone: Europe/Nowhere}"), "there is no time zone"},
	{MATCH("time: {days: mon, zone: ../../../etc/passwd}"), "there is no time zone"},
	{BIND("[]"), "an empty list names nothing"},
	{BIND("[paths]"), "did you mean \"path\"?"},
	{BIND("['body:']"), "names nothing"},
	{BIND("['body:amount']"), "no JSON pointer"},
	{BIND("['header:Host']"), "\"host\" asks"},
	{BIND("['header:a b']"), "no name of a header"},
	{BIND("{exact_except: [body]}"), "query:NAME, header:NAME or body:/pointer"},
	{BIND("{exact_except: []}"), "an empty list names nothing"},
	{BIND("{exact_except: ['header:User-Agent']}"), "is not signed anyway"},
	{BIND("{exactexcept: ['query:a']}"), "did you mean \"exact_except\"?"},
	{BIND("exactly"), "exact"},
};

static void
what_is_wrong_is_said_in_place(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(wrongs); i++) {
		struct complaints *why = complaints_new();
		struct buf said = BUF_INIT(COMPLAINTS_TEXT_MAX);

		if (policy_read(wrongs[i].policy, why))
			fail_msg("%s is taken", wrongs[i].policy);
		complaints_text(why, &said);
		if (!strstr(buf_cstr(&said), wrongs[i].says))
			fail_msg("%s\n%s", wrongs[i].policy, buf_cstr(&said));
		buf_clear(&said);
		complaints_free(why);
	}
}

static const struct row warnings[] = {
	{MATCH("query: {a: []}"), "nothing is in an empty list"},
	{MATCH("query: {a: {regex: '(x+)+'}}"), "repeats inside"},
	{MATCH("query: {a: {gt: 5, lt: 3}}"), "no number lies between"},
	{MATCH("source: []"), "an empty list matches no request"},
	{MATCH("time: {days: []}"), "an empty list matches no request"},
	{MATCH("time: {hours: []}"), "an empty list matches no request"},
	{BIND("[query, 'query:a']"), "part of others"},
};

static void
what_is_hardly_meant_is_warned_of(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(warnings); i++) {
		struct complaints *why = complaints_new();
		struct ruleset *rules = policy_read(warnings[i].policy, why);
		struct buf said = BUF_INIT(COMPLAINTS_TEXT_MAX);

		complaints_text(why, &said);
		if (!rules || complaints_warnings(why) != 1 ||
		    !strstr(buf_cstr(&said), warnings[i].says))
			fail_msg("%s\n%s", warnings[i].policy, buf_cstr(&said));
		ruleset_unref(&rules);
		buf_clear(&said);
		complaints_free(why);
	}
}

static const char *const goods[] = {
	MATCH("query: {a: x, b: '', c: '007', d: 1.2.3, e: 2026-11-22, f: -0.5, g: true, h: 10.0.0.1}"),
	MATCH("query: {a: {eq: '', not: {in: [1, x, false]}}, b: {ge: 1, le: 1.5, exists: true}}"),
	MATCH("headers: {Content-Type: {prefix: text/}, Authorization: {exists: false}}"),
	MATCH("body: {/: 1, /a~1b/0/~0c: {gt: -1}}"),
	MATCH("form: {'a b': [x, y]}"),
	MATCH("source: unix"),
	MATCH("source: ['10.0.0.0/8', '::1', 'fe80::/10', '::ffff:192.0.2.0/120']"),
	MATCH("time: {hours: ['22:00-06:00', '12:00-24:00'], zone: UTC}"),
	BIND("exact"),
	BIND("[path]"),
	BIND("[path, query, 'header:Content-Type', body]"),
	BIND("{exact_except: ['body:/id', 'header:Mcp-Session-Id', 'query:nonce']}"),
};

static void
what_is_right_is_taken_in_silence(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(goods); i++) {
		struct complaints *why = complaints_new();
		struct ruleset *rules = policy_read(goods[i], why);

		if (!rules || complaints_warnings(why))
			fail_msg("%s", goods[i]);
		ruleset_unref(&rules);
		complaints_free(why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_said_in_place),
		cmocka_unit_test(what_is_hardly_meant_is_warned_of),
		cmocka_unit_test(what_is_right_is_taken_in_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
