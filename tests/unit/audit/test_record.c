/* Records as JSON: their groups, what is cut, what is hidden, what fits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/audit/support.h"

#include <jansson.h>
#include <stdlib.h>

#include "audit/chain.h"
#include "audit/line_reader.h"
#include "audit/record.h"
#include "lib/base/memory.h"

static const struct span groups[] = {SPAN("sre"), SPAN("night \"shift\"")};

static struct digest
digest_of_text(const char *text)
{
	return digest_of(span_cstr(text));
}

static void
put_all(struct audit_ring *ring, enum record_code code, struct span text)
{
	struct digest hash = digest_of_text("rule"), body = digest_of_text("body");
	struct span many[64];

	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = SPAN("a-group-with-a-name-of-some-length");
	assert_non_null(record_begin(ring, code, (struct wall){1795334400123456}));
	record_approval(ring, &(struct record_approval){
		.id = SPAN("01JXG0000000000000000000AB"), .state = "approved", .binding = &body,
		.code = SPAN("K7QF-2M9D"), .claim = SPAN("0123456789abcdef0123456789abcdef"),
		.have = 1, .need = 2, .uses = 3, .expires = {1795334400000000}});
	record_actor(ring, &(struct record_person){
		.id = text, .groups = text.len ? many : groups,
		.group_count = text.len ? ARRAY_LEN(many) : 2, .auth = "token"});
	record_approver(ring, &(struct record_person){
		.id = SPAN("bob"), .auth = "session", .source = SPAN("10.9.8.7")});
	record_source(ring, SPAN("10.1.2.3"), 52311);
	record_site(ring, SPAN("users"));
	record_rule(ring, SPAN("users.delete"), &hash);
	record_destination(ring, SPAN("users"), text.len ? text : SPAN("127.0.0.1:8080"));
	record_request(ring, &(struct record_request){
		SPAN("DELETE"), text.len ? text : SPAN("users.internal"),
		text.len ? text : SPAN("/admin/users/7"), text.len ? text : SPAN("a=1&token=hunter2"),
		37, &body});
	record_response(ring, 204, 12, 1873);
	record_verdict(ring, "approval");
	record_reason(ring, text.len ? text : SPAN("broken \xe2\x82\xac \xff \x1b line\n"));
	record_text(ring, "title", text, 1000);
	record_end(ring);
}

/* The last record of this event; the caller drops it. */
static json_t *
record_of(const struct folder *f, const char *event)
{
	struct buf bytes = read_file(f->file);
	struct span rest = buf_span(&bytes), text;
	struct line line;
	json_t *found = NULL;

	while (span_cut(&rest, '\n', &text) && text.len) {
		assert_true(text.len < LINE_MAX_LEN);
		assert_true(line_read(text, &line));
		if (!span_eq(line.event, span_cstr(event)))
			continue;
		json_decref(found);
		found = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(found);
	}
	buf_clear(&bytes);
	assert_non_null(found);
	return found;
}

static void
expect(const json_t *record, const char *group, const char *key, const char *value)
{
	const json_t *found = json_object_get(group ? json_object_get(record, group) : record, key);
	char *text = found ? json_dumps(found, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_COMPACT)
	                   : memory_cstr(SPAN("nothing"));

	if (strcmp(text, value) != 0)
		fail_msg("%s.%s is %s, not %s", group ? group : "", key, text, value);
	free(text);
}

static void
write_records(struct folder *f, enum record_code code, struct span text)
{
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");

	put_all(ring, code, text);
	audit_ring_close(&ring);
	audit_close(&audit);
}

static void
groups_have_the_names_of_the_document(void **state)
{
	struct folder *f = *state;
	json_t *record;

	write_records(f, RECORD_APPROVAL_COMPLETED, SPAN_NONE);
	record = record_of(f, "approval.completed");
	expect(record, NULL, "code", "\"CS4001I\"");
	expect(record, NULL, "severity", "\"medium\"");
	expect(record, NULL, "time", "\"2026-11-22T08:00:00.123456Z\"");
	expect(record, "approval", "claim", "\"0123456789abcdef0123456789abcdef\"");
	expect(record, "approval", "expires", "\"2026-11-22T08:00:00.000000Z\"");
	expect(record, "approval", "need", "2");
	expect(record, "actor", "id", "\"anonymous\"");
	expect(record, "actor", "groups", "[\"sre\",\"night \\\"shift\\\"\"]");
	expect(record, "approver", "auth", "\"session\"");
	expect(record, "approver", "source", "\"10.9.8.7\"");
	expect(record, "actor", "source", "nothing");
	expect(record, "src", "port", "52311");
	expect(record, "dst", "host", "\"127.0.0.1:8080\"");
	expect(record, "req", "path", "\"/admin/users/7\"");
	expect(record, "req", "bytes", "37");
	expect(record, "resp", "status", "204");
	expect(record, "resp", "ms", "1.873");
	expect(record, "rule", "name", "\"users.delete\"");
	expect(record, NULL, "reason", "\"broken \\u20AC \\uFFFD \\u001B line\\n\"");
	expect(record, NULL, "title", "nothing");
	expect(record, NULL, "redacted", "[\"req.query\"]");
	expect(record, NULL, "truncated", "nothing");
	expect(record, "node", "version", "\"0.1.0\"");
	json_decref(record);
	assert_int_equal(count_lines_with(f->file, "hunter2"), 0);
}

static void
long_fields_are_cut_and_named(void **state)
{
	static const enum record_code codes[] = {RECORD_REQUEST_ALLOWED, RECORD_APPROVAL_CLAIMED,
	                                         RECORD_APPROVAL_COMPLETED};
	static const char *const events[] = {"request.allowed", "approval.claimed",
	                                     "approval.completed"};
	static const char *const pieces[] = {"a", "\x01", "\xe2\x82\xac", "\xff", "\""};
	struct folder *f = *state;

	for (size_t piece = 0; piece < ARRAY_LEN(pieces); piece++) {
		struct buf text = BUF_INIT(65536);

		while (text.len < 9000)
			buf_add(&text, span_cstr(pieces[piece]));
		for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
			json_t *record;

			write_records(f, codes[i], buf_span(&text));
			record = record_of(f, events[i]);
			expect(record, "approval", "id", "\"01JXG0000000000000000000AB\"");
			assert_true(json_array_size(json_object_get(record, "truncated")) > 0);
			json_decref(record);
		}
		buf_clear(&text);
	}
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
}

static void
record_that_never_ends_keeps_what_fits(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");
	struct emit *e = record_begin(ring, RECORD_CONFIG_LOADED, clock_wall());
	json_t *record;

	record_reason(ring, SPAN("before"));
	record_site(ring, SPAN("kept"));
	record_source(ring, SPAN("10.0.0.1"), 1);
	emit_key(e, "list");
	emit_array(e);
	for (unsigned i = 0; i < 10000; i++)
		emit_u64(e, i);
	emit_array_end(e);
	record_end(ring);
	audit_ring_close(&ring);
	audit_close(&audit);
	record = record_of(f, "config.loaded");
	expect(record, NULL, "truncated", "[\"*\"]");
	expect(record, NULL, "site", "\"kept\"");
	expect(record, NULL, "list", "nothing");
	json_decref(record);
}

static void
ids_are_ulids_that_rise(void **state)
{
	struct folder *f = *state;
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");
	struct buf bytes;
	struct span rest, text;
	char last[27] = "";

	for (uint64_t i = 0; i < 500; i++)
		put_number(ring, i);
	audit_ring_close(&ring);
	audit_close(&audit);
	bytes = read_file(f->file);
	rest = buf_span(&bytes);
	while (span_cut(&rest, '\n', &text) && text.len) {
		struct line line;

		assert_true(line_read(text, &line));
		assert_int_equal(line.id.len, 26);
		if (!span_eq(line.event, SPAN("request.allowed")))
			continue;
		assert_true(memcmp(last, line.id.ptr, 26) < 0);
		memcpy(last, line.id.ptr, 26);
	}
	buf_clear(&bytes);
}

/* One that is identified, on a ring of its own: its id. */
static void
identified(struct folder *f, enum record_code code, const char *detail, char ret[27])
{
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");
	json_t *record;

	assert_non_null(record_begin(ring, code, clock_wall()));
	record_severity(ring, "low");
	record_identify(ring, code, SPAN("01JXG0000000000000000000AB"), span_cstr(detail));
	record_site(ring, SPAN("users"));
	record_end(ring);
	audit_ring_close(&ring);
	audit_close(&audit);
	record = record_of(f, record_event(code));
	expect(record, NULL, "severity", "\"low\"");
	expect(record, NULL, "site", "\"users\"");
	snprintf(ret, 27, "%s", json_string_value(json_object_get(record, "id")));
	json_decref(record);
}

static void
what_is_written_twice_has_one_id(void **state)
{
	struct folder *f = *state;
	char first[27], again[27], other[27], claim[27];

	identified(f, RECORD_DECISION_REFUSED, "", first);
	identified(f, RECORD_DECISION_REFUSED, "", again);
	identified(f, RECORD_APPROVAL_OPENED, "", other);
	identified(f, RECORD_DECISION_REFUSED, "claim", claim);
	assert_string_equal(first, again);
	assert_memory_equal(first, "01JXG00000", 10);
	assert_int_equal(strlen(first), 26);
	assert_string_not_equal(first, other);
	assert_string_not_equal(first, claim);
	assert_int_equal(folder_verify(f, NULL), VERIFY_PROVEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(groups_have_the_names_of_the_document, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(long_fields_are_cut_and_named, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(record_that_never_ends_keeps_what_fits, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(ids_are_ulids_that_rise, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(what_is_written_twice_has_one_id, folder_make,
		                                folder_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
