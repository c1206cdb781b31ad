/* Rules that stand in each other's way: each warned of, and their harmless neighbours not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/lint_rules.h"

#define SRE "approval: {from: {group: sre}}"

static const struct row {
	const char *policy;
	const char *says; /* NULL: nothing */
} rows[] = {
	/* An exception that takes everything. */
	{"otherwise: allow\nrules:\n- {name: a, match: {path: /a/b}, except: {path: /a/**}, verdict: deny}\n",
	 "rules[0].except: excludes everything"},
	{"otherwise: allow\nrules:\n- {name: a, match: {path: /a/**}, except: {path: /a/b}, verdict: deny}\n", NULL},
	{"otherwise: allow\nrules:\n- {name: a, match: {path: /a}, except: {path: /a, host: b.example}, verdict: deny}\n", NULL},
	{"otherwise: allow\nrules:\n- {name: a, match: {method: POST}, except: {method: [POST, PUT]}, verdict: deny}\n",
	 "excludes everything"},

	/* An exception that nobody allows. */
	{"rules:\n- {name: a, match: {path: /a}, except: {host: b.example}, verdict: deny}\n",
	 "rules[0].except: what is excepted here is denied all the same"},
	{"rules:\n- {name: a, match: {path: /a}, except: {host: b.example}, verdict: approval, " SRE "}\n",
	 "denied all the same"},
	{"otherwise: allow\nrules:\n- {name: a, match: {path: /a}, except: {host: b.example}, verdict: deny}\n", NULL},
	{"rules:\n- {name: a, match: {path: '/a/{x}'}, except: {host: b.example}, verdict: deny}\n"
	 "- {name: b, match: {path: /a/b}, verdict: allow}\n", NULL},
	{"rules:\n- {name: a, match: {path: /a/x}, except: {host: b.example}, verdict: deny}\n"
	 "- {name: b, match: {path: /a/b}, verdict: allow}\n", "denied all the same"},
	{"rules:\n- {name: a, match: {path: /a/x}, except: {host: b.example}, verdict: deny}\n"
	 "- {name: b, match: {path: /a/**}, verdict: allow, observe: true}\n", "denied all the same"},
	{"rules:\n- {name: a, match: {path: /a/x, method: POST}, except: {host: b.example}, verdict: deny}\n"
	 "- {name: b, match: {path: /a/x, method: PUT}, verdict: allow}\n", "denied all the same"},

	/* Rules that another makes useless. */
	{"rules:\n- {name: no, match: {path: /a/**}, verdict: deny}\n- {name: g, match: {path: /a/b}, verdict: approval, " SRE "}\n",
	 "rules[1].match: never has a say: \"no\" denies"},
	{"rules:\n- {name: no, match: {}, verdict: deny}\n- {name: g, match: {path: /a/b}, verdict: allow}\n", "never has a say"},
	{"rules:\n- {name: no, match: {path: '/a/{x}'}, verdict: deny}\n- {name: g, match: {path: '/a/{x}'}, verdict: allow}\n",
	 "never has a say"},
	{"rules:\n- {name: no, match: {path: /a/**, method: POST}, verdict: deny}\n- {name: g, match: {path: /a/b}, verdict: allow}\n", NULL},
	{"rules:\n- {name: no, match: {path: /a/**, host: a.example}, verdict: deny}\n- {name: g, match: {path: /a/b}, verdict: allow}\n", NULL},
	{"rules:\n- {name: no, match: {path: /a/**}, verdict: deny, observe: true}\n- {name: g, match: {path: /a/b}, verdict: allow}\n", NULL},
	{"rules:\n- {name: no, match: {path: /a/**}, except: {host: b.example}, verdict: deny}\n- {name: g, match: {path: /a/b}, verdict: allow}\n", NULL},
	{"rules:\n- {name: no, match: {path: /a/b}, verdict: deny}\n- {name: g, match: {path: /a/**}, verdict: allow}\n", NULL},
	{"rules:\n- {name: g, match: {path: /a/b, method: POST}, verdict: approval, " SRE "}\n"
	 "- {name: ok, match: {path: /a/b, method: POST}, verdict: allow}\n", "rules[1].match: allows nothing: \"g\" asks"},
	{"rules:\n- {name: g, match: {path: /a/**}, verdict: approval, " SRE "}\n- {name: ok, match: {path: /a/b}, verdict: allow}\n",
	 "allows nothing"},
	{"rules:\n- {name: g, match: {path: /a/b}, verdict: approval, " SRE "}\n- {name: ok, match: {path: /a/**}, verdict: allow}\n", NULL},
	{"rules:\n- {name: g, match: {path: /a/b}, except: {requester: {groups: x}}, verdict: approval, " SRE "}\n"
	 "- {name: ok, match: {path: /a/b, requester: {groups: x}}, verdict: allow}\n", NULL},
};

static void
each_is_warned_of_in_its_place(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct complaints *why = complaints_new();
		struct ruleset *rules = policy_read(rows[i].policy, why);
		struct buf said = BUF_INIT(COMPLAINTS_TEXT_MAX);
		bool is_right;

		complaints_text(why, &said);
		is_right = rows[i].says ? strstr(buf_cstr(&said), rows[i].says) != NULL : !said.len;
		if (!rules || complaints_warnings(why) != (rows[i].says ? 1 : 0) || !is_right)
			fail_msg("%s\n%s", rows[i].policy, buf_cstr(&said));
		ruleset_unref(&rules);
		buf_clear(&said);
		complaints_free(why);
	}
}

static const struct {
	const char *site, *rule;
	bool meets;
} hosts[] = {
	{"a.example", "a.example", true},
	{"a.example", "b.example", false},
	{"*.example", "b.example", true},
	{"*.example", "example", false},
	{"a.example", "*.example", true},
	{"a.b.example", "*.b.example", true},
	{"*.b.example", "*.example", true},
	{"*.example", "*.b.example", true},
	{"*.a.example", "*.b.example", false},
};

static void
a_host_that_the_site_does_not_have_is_warned_of(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		struct complaints *why = complaints_new();
		struct buf text = BUF_INIT(1000);
		struct span host = span_cstr(hosts[i].site);
		struct document *doc;
		struct ruleset *rules;

		buf_addf(&text, "- {name: a, match: {host: '%s'}, verdict: deny}\n", hosts[i].rule);
		doc = document_read("policy", buf_span(&text), why);
		assert_non_null(doc);
		rules = ruleset_load(document_root(doc), NULL, VERDICT_ALLOW, why);
		lint_hosts(rules, document_root(doc), &(struct strings){&host, 1}, why);
		lint_hosts(rules, document_root(doc), &(struct strings){NULL, 0}, why);
		if (complaints_warnings(why) != (hosts[i].meets ? 0 : 1))
			fail_msg("%s on %s", hosts[i].rule, hosts[i].site);
		ruleset_unref(&rules);
		document_free(doc);
		buf_clear(&text);
		complaints_free(why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_warned_of_in_its_place),
		cmocka_unit_test(a_host_that_the_site_does_not_have_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
