/* The admin endpoint on a socket. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/admin/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static struct span sre[] = {SPAN("sre")}, auditors[] = {SPAN("audit")};
static struct identity_token tokens[] = {
	{.user = SPAN("alice"), .groups = sre, .group_count = 1},
	{.user = SPAN("bob")},
	{.user = SPAN("eve")},
	{.user = SPAN("aud"), .groups = auditors, .group_count = 1},
};
static const struct identity_settings identity_settings = {.tokens = tokens, .token_count = 4};

struct endpoint endpoint;

static const char document[] =
	"[{\"id\": \"" BOBS "\", \"state\": \"pending\", \"title\": \"Delete <i>user</i>\","
	"  \"requester\": {\"user\": \"bob\", \"groups\": []}, \"code\": \"AAAA-BBBB\","
	"  \"needs\": [{\"group\": \"sre\", \"count\": 1, \"have\": 0}], \"have\": 0, \"need\": 1,"
	"  \"request\": {\"method\": \"POST\", \"path\": \"/a\", \"query\": \"<script>\","
	"  \"headers\": {\"X\": {\"base64\": \"/w==\"}}, \"body\": \"a\\u202eb\", \"body_bytes\": 5},"
	"  \"reason\": \"left the company\", \"expires_us\": 1800000000,"
	"  \"binding\": \"ab\", \"decisions\": [], \"unheard_of\": {\"x\": [\"deep\"]},"
	"  \"expires_at\": \"2026-11-22T08:00:00.000000Z\"},"
	" {\"id\": \"" ALICES "\", \"state\": \"pending\", \"title\": \"Other\", \"needs\": [{\"group\":"
	"  \"sre\", \"count\": 1}], \"requester\": {\"user\": \"alice\"}, \"binding\": \"cd\","
	"  \"decisions\": [], \"request\": {}}]";

struct client {
	struct span request;
	bool is_done;
};

/* Sends the request and reads to the end, with a deadline. */
static void *
run_client(void *arg)
{
	struct client *client = arg;
	struct timeval deadline = {.tv_sec = 20};
	int fd = socket(endpoint.at.sa.ss_family, SOCK_STREAM, 0);
	ssize_t got = -1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline));
	if (connect(fd, (const struct sockaddr *)&endpoint.at.sa, endpoint.at.len) == 0 &&
	    send(fd, client->request.ptr, client->request.len, MSG_NOSIGNAL) ==
	            (ssize_t)client->request.len) {
		do {
			char *room = buf_room(&endpoint.answer, 65536);

			got = room ? recv(fd, room, 65536, 0) : -1;
			if (got > 0)
				buf_grew(&endpoint.answer, (size_t)got);
		} while (got > 0);
	}
	client->is_done = got == 0;
	close(fd);
	loop_stop(endpoint.loop);
	return NULL;
}

int
ask(const char *method, const char *path, const char *fields, const char *body)
{
	struct buf request = BUF_INIT(4 << 20);
	struct client client;
	pthread_t thread;
	uint64_t status = 0;

	buf_add(&request, span_cstr(method));
	buf_addc(&request, ' ');
	buf_add(&request, span_cstr(path));
	buf_addf(&request, " HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n",
	         endpoint.host ? endpoint.host : "127.0.0.1:9443");
	buf_add(&request, span_cstr(fields));
	if (body)
		buf_addf(&request, "Content-Length: %zu\r\n", strlen(body));
	buf_add(&request, SPAN("\r\n"));
	buf_add(&request, span_cstr(body));
	buf_reset(&endpoint.answer);
	buf_reset(fake_records());
	client = (struct client){.request = buf_span(&request)};
	assert_int_equal(pthread_create(&thread, NULL, run_client, &client), 0);
	loop_run(endpoint.loop);
	pthread_join(thread, NULL);
	buf_clear(&request);
	assert_true(client.is_done);
	assert_true(endpoint.answer.len > 12);
	assert_true(span_to_u64(span_of(endpoint.answer.ptr + 9, 3), 999, &status));
	return (int)status;
}

bool
said(const char *what)
{
	return strstr(buf_cstr(&endpoint.answer), what) != NULL;
}

bool
recorded(const char *what)
{
	return strstr(buf_cstr(fake_records()), what) != NULL;
}

int
endpoint_open(void **state)
{
	struct buf why = BUF_INIT(1000);
	int fd;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
		char text[64];

		snprintf(text, sizeof(text), "%.*s-token", SPAN_ARG(tokens[i].user));
		tokens[i].sha256 = digest_of(span_cstr(text));
	}
	endpoint = (struct endpoint){
		.loop = loop_new(),
		.answer = BUF_INIT(8 << 20),
		.settings = {.auditors = auditors,
		             .auditor_count = 1,
		             .is_local = true,
		             .version = "1",
		             .limits = &limits_default},
	};
	endpoint.store = (struct store){.loop = endpoint.loop, .approvals = json_loads(document, 0, NULL)};
	assert_non_null(endpoint.store.approvals);
	endpoint.identity = identity_new(&identity_settings, &why);
	endpoint.settings.identity = endpoint.identity;
	endpoint.metrics = metrics_new();
	endpoint.admin = admin_new(endpoint.loop, &endpoint.settings,
	                    &(struct admin_parts){.store = &endpoint.store,
	                                          .links = &endpoint.store.links,
	                                          .metrics = endpoint.metrics});
	assert_true(address_read(SPAN("127.0.0.1:0"), &endpoint.at, &why));
	fd = listener_bind(&endpoint.at, &why);
	assert_true(fd >= 0);
	endpoint.at.len = sizeof(endpoint.at.sa);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&endpoint.at.sa, &endpoint.at.len), 0);
	admin_listen(endpoint.admin, listener_new(endpoint.loop, fd));
	buf_clear(&why);
	return 0;
}

int
endpoint_close(void **state)
{
	(void)state;
	admin_free(endpoint.admin);
	metrics_free(endpoint.metrics);
	identity_free(endpoint.identity);
	loop_free(endpoint.loop);
	json_decref(endpoint.store.approvals);
	buf_clear(&endpoint.answer);
	buf_clear(fake_records());
	return 0;
}

void
expect_row(const struct endpoint_row *row)
{
	int status = ask(row->method, row->path, row->fields, row->body);

	if (status != row->status || !said(row->said))
		fail_msg("%s %s %s: %s", row->method, row->path, row->body ? row->body : "",
		         buf_cstr(&endpoint.answer));
	assert_true(said("Cache-Control: no-store"));
	assert_true(said("frame-ancestors 'none'"));
}
