/* The admin endpoint on a socket, with four people and two approvals. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ENDPOINT_H
#define TESTS_ENDPOINT_H

#include "admin/admin.h"
#include "tests/unit/admin/fake_store.h"

#define BOBS "01JXGABCDEFGHJKMNPQRSTVWXY"   /* asked for by bob, of group sre */
#define ALICES "01JXGABCDEFGHJKMNPQRSTVWX1" /* asked for by alice, of group sre */
#define NOBODYS "01JXGABCDEFGHJKMNPQRSTVWX2" /* not there */
#define BEARER(name) "Authorization: Bearer " name "-token\r\n"
#define JSON "Content-Type: application/json\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

#define BROWSER "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"

#define DECISIONS(id) "/api/v1/approvals/" id "/decisions"

/* alice and nobody else is in sre, aud is an auditor; bob and eve are in no group.  The token
 * of each is their name and "-token". */
struct endpoint {
	struct loop *loop;
	struct admin_settings settings; /* may be changed between requests */
	struct store store;
	struct identity *identity;
	struct metrics *metrics;
	struct admin *admin;
	struct address at;
	const char *host;               /* for the next requests; NULL: 127.0.0.1:9443 */
	struct buf answer;              /* of the last request: head and body */
};
extern struct endpoint endpoint;

/* For cmocka_unit_test_setup_teardown(). */
int endpoint_open(void **state);
int endpoint_close(void **state);

/* One request on a connection of its own; returns the status.  `fields` are whole lines,
 * `body` may be NULL. */
int ask(const char *method, const char *path, const char *fields, const char *body);
/* Whether the last answer holds this text; whether this was recorded for it. */
bool said(const char *what);
bool recorded(const char *what);

/* A call and what is expected of it. */
struct endpoint_row {
	const char *method, *path, *fields, *body;
	int status;
	const char *said;
};
void expect_row(const struct endpoint_row *row);

#endif
