/* One request to somebody else's HTTP server. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/outbound.h"

#include <curl/curl.h>

#include "lib/base/memory.h"

enum { CONNECT_SECONDS = 10, TOTAL_SECONDS = 60 };

/* What one request needs, freed together. */
struct outbound {
	CURL *curl;
	struct curl_slist *fields;
	struct buf url, field;
	const char *socket; /* path of a Unix socket, or NULL */
};

static size_t
on_body(char *bytes, size_t size, size_t count, void *owner)
{
	struct buf *body = owner;

	buf_add(body, span_of(bytes, size * count));
	return body->is_over ? 0 : size * count;
}

static bool
is_this_machine(struct span host)
{
	static const struct span names[] = {SPAN("localhost"), SPAN("[::1]"), SPAN("::1")};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (span_eq_nocase(host, names[i]))
			return true;
	}
	/* A name that begins so and goes on with letters may be anybody's. */
	for (size_t i = 0; i < host.len; i++) {
		if (!ascii_is_digit(host.ptr[i]) && host.ptr[i] != '.')
			return false;
	}
	return span_starts(host, SPAN("127."));
}

static bool
check_url(const char *base, struct buf *why)
{
	CURLU *url = curl_url();
	char *scheme = NULL, *host = NULL, *user = NULL;
	bool is_good = false;

	if (curl_url_set(url, CURLUPART_URL, base, 0) ||
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) ||
	    curl_url_get(url, CURLUPART_HOST, &host, 0))
		buf_addf(why, "\"%s\" is not an address: it reads https://HOST, "
		              "http://127.0.0.1:PORT or unix:/PATH", base);
	else if (!curl_url_get(url, CURLUPART_USER, &user, 0))
		buf_addf(why, "the address holds a user name, and a token is what is sent");
	else if (span_eq(span_cstr(scheme), SPAN("https")))
		is_good = true;
	else if (!span_eq(span_cstr(scheme), SPAN("http")))
		buf_addf(why, "\"%s\" is neither https nor http", base);
	else if (is_this_machine(span_cstr(host)))
		is_good = true;
	else
		buf_addf(why, "plain http is for this machine alone: a token would cross the "
		              "network unprotected on the way to %s", host);
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_url_cleanup(url);
	return is_good;
}

static bool
read_base(struct outbound *o, const struct outbound_request *request, struct buf *why)
{
	struct span base = span_cstr(request->base);

	o->url = BUF_INIT(16 * 1024);
	if (span_starts(base, SPAN("unix:"))) {
		o->socket = request->base + 5;
		base = SPAN("http://localhost");
		if (o->socket[0] != '/') {
			buf_addf(why, "a Unix socket is named by its whole path: unix:/PATH");
			return false;
		}
	} else if (!check_url(request->base, why)) {
		return false;
	}
	while (base.len && base.ptr[base.len - 1] == '/')
		base.len--;
	buf_add(&o->url, base);
	buf_add(&o->url, span_cstr(request->path));
	return true;
}

static void
add_field(struct outbound *o, const char *name, const char *value)
{
	buf_reset(&o->field);
	buf_add(&o->field, span_cstr(name));
	buf_add(&o->field, SPAN(": "));
	buf_add(&o->field, span_cstr(value));
	o->fields = curl_slist_append(o->fields, buf_cstr(&o->field));
}

static void
set_request(struct outbound *o, const struct outbound_request *request)
{
	o->field = BUF_INIT(64 * 1024);
	if (request->token) {
		curl_easy_setopt(o->curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		curl_easy_setopt(o->curl, CURLOPT_XOAUTH2_BEARER, request->token);
	}
	curl_easy_setopt(o->curl, CURLOPT_CUSTOMREQUEST, request->method);
	if (request->content_type) {
		add_field(o, "Content-Type", request->content_type);
		curl_easy_setopt(o->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		                 (curl_off_t)request->body.len);
		curl_easy_setopt(o->curl, CURLOPT_POSTFIELDS,
		                 request->body.len ? request->body.ptr : "");
	}
	curl_easy_setopt(o->curl, CURLOPT_HTTPHEADER, o->fields);
	curl_easy_setopt(o->curl, CURLOPT_URL, buf_cstr(&o->url));
	if (o->socket)
		curl_easy_setopt(o->curl, CURLOPT_UNIX_SOCKET_PATH, o->socket);
}

static void
set_manners(struct outbound *o)
{
	curl_easy_setopt(o->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(o->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(o->curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(o->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(o->curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(o->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(o->curl, CURLOPT_TIMEOUT, (long)TOTAL_SECONDS);
	curl_easy_setopt(o->curl, CURLOPT_USERAGENT, "countersign");
}

static bool
perform(struct outbound *o, const struct outbound_request *request,
        struct outbound_answer *ret, struct buf *why)
{
	char error[CURL_ERROR_SIZE] = "";
	long status = 0;
	CURLcode code;

	curl_easy_setopt(o->curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(o->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(o->curl, CURLOPT_WRITEDATA, &ret->body);
	code = curl_easy_perform(o->curl);
	if (code != CURLE_OK) {
		buf_addf(why, "no answer from %s: %s", request->base,
		         error[0] ? error : curl_easy_strerror(code));
		return false;
	}
	curl_easy_getinfo(o->curl, CURLINFO_RESPONSE_CODE, &status);
	ret->status = (int)status;
	return true;
}

bool
outbound_ask(const struct outbound_request *request, struct outbound_answer *ret,
             struct buf *why)
{
	struct outbound o = {0};
	bool is_answered = false;

	*ret = (struct outbound_answer){.body = BUF_INIT(OUTBOUND_ANSWER_MAX)};
	if (read_base(&o, request, why)) {
		o.curl = curl_easy_init();
		if (!o.curl)
			memory_exhausted();
		set_request(&o, request);
		set_manners(&o);
		is_answered = perform(&o, request, ret, why);
	}
	curl_easy_cleanup(o.curl);
	curl_slist_free_all(o.fields);
	buf_clear(&o.url);
	buf_clear(&o.field);
	if (!is_answered)
		buf_clear(&ret->body);
	return is_answered;
}
