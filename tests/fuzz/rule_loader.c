/* Any text as a policy: what loads judges whatever is asked, and has one digest. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/digest.h"
#include "lib/base/document.h"
#include "rules/body.h"
#include "rules/explain.h"
#include "rules/load.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 4096, SAID_MAX = 1 << 20 };

static struct ruleset *
load(struct span text, struct buf *said)
{
	struct complaints *why = complaints_new();
	struct document *doc = document_read("policy", text, why);
	const struct node *root = doc ? document_root(doc) : NULL;
	struct ruleset *rules = NULL;

	if (root && complaints_errors(why) == 0)
		rules = ruleset_load(node_find(root, SPAN("rules")),
		                     node_find(root, SPAN("defaults")), VERDICT_DENY, why);
	must(rules || !root || complaints_errors(why), "a policy is refused without a word");
	complaints_text(why, said);
	document_free(doc);
	complaints_free(why);
	return rules;
}

/* Requests that rules may look at in every way they know. */
static const struct {
	const char *head, *body;
} asked[] = {
	{"OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n", ""},
	{"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", ""},
	{"GET /a?force=true&a=1&A=2 HTTP/1.1\r\nHost: b.example\r\nX-A: aa\r\nX-A: b\r\n\r\n", ""},
	{"GET /A/ HTTP/1.1\r\nHost: a.example\r\nX-A: aa\r\n\r\n", ""},
	{"DELETE /users/7?force=true;x HTTP/1.1\r\nHost: a.example\r\n\r\n", ""},
	{"DELETE /users/7 HTTP/1.1\r\nHost: a.example\r\nX-A: 5\r\n\r\n", ""},
	{"POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\n"
	 "Content-Length: 31\r\n\r\n", "{\"amount\":1250.5,\"a\":{\"B\":[1]}}"},
	{"POST /a?force=+ HTTP/1.1\r\nHost: a.example\r\nContent-Length: 13\r\n"
	 "Content-Type: application/x-www-form-urlencoded\r\n\r\n", "amount=1e3&a="},
	{"PUT /a%20b/a%3Ab HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\n"
	 "Content-Length: 15\r\n\r\n", "{\"a\":1,\"a\":2} "},
};

static void
check_verdict(const struct verdict *v, bool has_body)
{
	must(!v->fault || v->kind == VERDICT_DENY, "a fault is no denial");
	must(!has_body || v->needs_body == BODY_NEED_NONE, "a body is needed twice");
	must(v->needs_body != BODY_NEED_RULES || v->kind == VERDICT_DENY,
	     "a verdict is given that still needs a body");
}

static void
judge(const struct ruleset *rules, const struct subject *subject)
{
	struct verdict verdict, again;

	ruleset_judge(rules, subject, &verdict);
	ruleset_judge(rules, subject, &again);
	check_verdict(&verdict, subject->body);
	must(verdict.kind == again.kind && verdict.rule == again.rule &&
	     verdict.fault == again.fault, "judged twice, the verdict is another");
	json_decref(ruleset_explain(rules, subject));
}

static void
judge_request(const struct ruleset *rules, const struct request *r, const char *user,
              struct span body, struct arena *arena)
{
	static const struct span groups[] = {{"sre", 3}};
	struct person person = {.user = span_cstr(user), .groups = groups, .group_count = !!user,
	                        .source = user ? IDENTITY_TOKEN : IDENTITY_NONE};
	struct subject subject = {.request = r, .requester = &person,
	                          .source = {.is_unix = !user}};
	struct body_facts facts;

	judge(rules, &subject);
	body_facts_read(&facts, ruleset_pointers(rules), r, body, arena);
	subject.body = &facts;
	judge(rules, &subject);
	body_facts_fault(&facts, FAULT_BODY_TOO_LARGE);
	judge(rules, &subject);
}

static void
judge_some(const struct ruleset *rules)
{
	static const struct head_limits limits = {4096, 1024, 32, false};
	struct request_options options = {.keeps_matrix = true};
	static struct head h;

	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		struct span body = span_cstr(asked[i].body);
		struct arena arena = {0};
		struct request r;
		enum fault fault;

		head_reset(&h, HEAD_REQUEST);
		must(head_read(&h, span_cstr(asked[i].head), &limits, &fault) == PROGRESS_DONE &&
		     !request_read_host(&r, &h, false, &arena) &&
		     !request_read(&r, &h, &options, &arena), "a request is none");
		judge_request(rules, &r, NULL, body, &arena);
		judge_request(rules, &r, "alice", body, &arena);
		arena_clear(&arena);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf said = BUF_INIT(SAID_MAX), again = BUF_INIT(SAID_MAX);
	struct ruleset *rules, *others;

	if (size > INPUT_MAX)
		return 0;
	rules = load(span_of(data, size), &said);
	others = load(span_of(data, size), &again);
	must(!rules == !others && span_eq(buf_span(&said), buf_span(&again)),
	     "loaded twice, something else is said");
	if (rules) {
		must(memcmp(ruleset_digest(rules), ruleset_digest(others),
		            sizeof(struct digest)) == 0, "loaded twice, the digest is another");
		judge_some(rules);
		ruleset_unref(&rules);
		ruleset_unref(&others);
	}
	buf_clear(&said);
	buf_clear(&again);
	return 0;
}
