/* Who asks at the admin endpoint, and whether the request is their own doing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/gate.h"

#include <stdio.h>

#include "admin/page.h"
#include "lib/base/memory.h"
#include "lib/net/address.h"

/* Failed logins past this in a second are counted, and told by the next record. */
enum { FAILURES_RECORDED = 20 };

/* "__Host-" makes a browser refuse the cookie unless it came over https for this host
 * alone; over plain http, which is loopback only, it would never be stored. */
#define COOKIE_SECURE "__Host-countersign-session"
#define COOKIE_PLAIN "countersign-session"

static struct span
only_value(const struct head *head, const char *name)
{
	size_t lines;
	const struct field *field = head_find(head, span_cstr(name), &lines);

	return field && lines == 1 ? head_part(head, field->value) : SPAN_NONE;
}

bool
gate_wants_page(const struct head *head)
{
	struct span accept = only_value(head, "Accept"), part;

	while (span_cut(&accept, ',', &part)) {
		part.len = span_find(part, ';');
		if (span_eq_nocase(span_trim(part), SPAN("text/html")))
			return true;
	}
	return false;
}

/* "https://host:port" to "host:port"; the empty span for another scheme. */
static struct span
authority_of(struct span url, struct span scheme)
{
	if (!span_starts(url, scheme))
		return SPAN_NONE;
	url = span_from(url, scheme.len);
	url.len = span_find(url, '/');
	return url;
}

/* "host:port" to "host"; an IPv6 literal keeps its brackets. */
static struct span
host_of(struct span authority)
{
	char end = authority.len && authority.ptr[0] == '[' ? ']' : ':';
	size_t len = span_find(authority, end);

	return span_of(authority.ptr, len + (end == ']' && len < authority.len));
}

static bool
is_loopback_host(struct span host)
{
	static const unsigned char one[16] = {[15] = 1};
	static const unsigned char mapped[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};
	struct network literal;

	if (span_eq(host, SPAN("localhost")))
		return true;
	if (host.len > 2 && host.ptr[0] == '[')
		host = span_of(host.ptr + 1, host.len - 2);
	if (!network_read(host, &literal))
		return false;
	if (literal.family == AF_INET)
		return literal.bytes[0] == 127;
	return memcmp(literal.bytes, one, sizeof(one)) == 0 ||
	       memcmp(literal.bytes, mapped, sizeof(mapped)) == 0;
}

static bool
is_public_host(const struct admin *a, struct span host)
{
	struct span https = authority_of(a->settings->public_url, SPAN("https://"));
	struct span http = authority_of(a->settings->public_url, SPAN("http://"));
	struct span public = host_of(https.len ? https : http);

	return public.len && span_eq_nocase(public, host);
}

/*
 * Against DNS rebinding: a page of somebody else's, whose name has come to mean this
 * machine, is of the same origin as what it reads here, and its forms have an Origin that
 * equals the Host.  It cannot have a name of ours.  The port does not matter: it may be
 * forwarded.  No browser speaks to a Unix socket itself.
 */
bool
gate_takes_host(struct admin_call *c)
{
	if (address_is_unix(http_call_peer(c->http)) || is_loopback_host(c->host) ||
	    is_public_host(c->admin, c->host))
		return true;
	call_problem(c, PROBLEM_HOST_UNKNOWN,
	             "This endpoint goes by localhost, its loopback address, and the host of "
	             "admin.public_url.");
	return false;
}

/* Whether the browser came by the public https address: behind a front proxy, since this
 * endpoint itself speaks plain HTTP. */
static bool
is_public(const struct admin *a, struct span host)
{
	struct span public = authority_of(a->settings->public_url, SPAN("https://"));

	return public.len && span_eq_nocase(public, host);
}

/* The value of the one cookie of this name.  Two of one name were put there by somebody
 * else: then none counts. */
static struct span
find_cookie(struct span cookies, struct span name)
{
	struct span part, found = SPAN_NONE;

	while (span_cut(&cookies, ';', &part)) {
		size_t equals;

		part = span_trim(part);
		equals = span_find(part, '=');
		if (equals == part.len || !span_eq(span_of(part.ptr, equals), name))
			continue;
		if (found.ptr)
			return SPAN_NONE;
		found = span_from(part, equals + 1);
	}
	return found;
}

static bool
is_same_origin(const struct admin *a, struct span origin, struct span host)
{
	struct span https = authority_of(origin, SPAN("https://"));
	struct span http = authority_of(origin, SPAN("http://"));
	struct span authority = https.len ? https : http;

	if (a->settings->public_url.len && span_eq_nocase(origin, a->settings->public_url))
		return true;
	return authority.len && host.len && span_eq_nocase(authority, host);
}

/*
 * A browser says where a request comes from, twice.  Sec-Fetch-Site is the browser's own
 * word and decides where it stands; without it Origin has to be ours.  "Origin: null" is
 * what a form of a page without referrer sends, and is taken only on the former's word.
 * Clients that are no browsers send neither.
 */
static bool
is_from_elsewhere(const struct admin *a, const struct head *head)
{
	struct span site = only_value(head, "Sec-Fetch-Site");
	struct span origin = only_value(head, "Origin");
	size_t lines = 0;

	if (head_find(head, SPAN("Origin"), &lines) && lines > 1)
		return true;
	if (site.len && !span_eq(site, SPAN("same-origin")) && !span_eq(site, SPAN("none")))
		return true;
	if (origin.len == 0 || (site.len && span_eq(origin, SPAN("null"))))
		return false;
	return !is_same_origin(a, origin, head_value(head, FIELD_HOST));
}

static void
read_token(struct admin_call *c, struct span authorization)
{
	const struct identity *id = c->admin->settings->identity;
	struct span token;

	if (identity_bearer_of(authorization, &token) &&
	    identity_find_token(id, token, http_call_memo(c->http), &c->person)) {
		c->token = digest_of(token);
		return;
	}
	c->shows_wrong_token = true;
}

static void
read_session(struct admin_call *c, struct span cookie)
{
	struct admin *a = c->admin;
	struct session *session = sessions_find(a->sessions, cookie, clock_mono());

	if (!session)
		return;
	if (!identity_find_digest(a->settings->identity, session_token(session), &c->person)) {
		sessions_close(a->sessions, session);
		return;
	}
	c->token = *session_token(session);
	c->cookie = arena_copy(&c->arena, cookie);
}

void
gate_read(struct admin_call *c, const struct head *head)
{
	c->is_secure = is_public(c->admin, head_value(head, FIELD_HOST));
	c->cookie_name = c->is_secure ? COOKIE_SECURE : COOKIE_PLAIN;
	c->is_from_elsewhere = is_from_elsewhere(c->admin, head);
	c->source = arena_copy(&c->arena, address_host(http_call_peer(c->http)));
	/* A token that is shown counts alone: with a wrong one no cookie helps. */
	if (head_has(head, FIELD_AUTHORIZATION))
		read_token(c, head_value(head, FIELD_AUTHORIZATION));
	else
		read_session(c, find_cookie(only_value(head, "Cookie"), span_cstr(c->cookie_name)));
}

static bool
may_burst(struct admin *a)
{
	struct mono now = clock_mono();

	if (now.us - a->failed.since.us >= SECOND_US) {
		a->failed.since = now;
		a->failed.recorded = 0;
	}
	if (a->failed.recorded < FAILURES_RECORDED) {
		a->failed.recorded++;
		return true;
	}
	a->failed.unrecorded++;
	return false;
}

void
gate_note_failure(struct admin_call *c, const char *what)
{
	struct admin *a = c->admin;
	struct emit *e;

	a->counts.failed_logins++;
	if (!may_burst(a))
		return;
	e = record_begin(a->parts.ring, RECORD_AUTH_FAILED, clock_wall());
	if (!e)
		return;
	emit_member_cstr(e, "msg", what);
	emit_key(e, "src");
	emit_object(e);
	emit_member(e, "ip", c->source);
	emit_object_end(e);
	if (a->failed.unrecorded)
		emit_member_u64(e, "unrecorded", a->failed.unrecorded);
	a->failed.unrecorded = 0;
	record_end(a->parts.ring);
}

static void
record_login(struct admin_call *c, const struct person *person, const char *how)
{
	struct emit *e = record_begin(c->admin->parts.ring, RECORD_AUTH_LOGIN, clock_wall());

	if (!e)
		return;
	emit_key(e, "actor");
	emit_object(e);
	emit_member(e, "id", person->user);
	emit_member_cstr(e, "auth", how);
	emit_object_end(e);
	emit_key(e, "src");
	emit_object(e);
	emit_member(e, "ip", c->source);
	emit_object_end(e);
	record_end(c->admin->parts.ring);
}

static void
set_cookie(struct admin_call *c, const char *value, int64_t life_us)
{
	char text[256];

	snprintf(text, sizeof(text), "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s",
	         c->cookie_name, value, (long long)(life_us / SECOND_US),
	         c->is_secure ? "; Secure" : "");
	call_field(c, "Set-Cookie", span_cstr(text));
	memory_wipe(text, sizeof(text));
}

void
gate_log_in(struct admin_call *c, const struct digest *token, const char *how)
{
	struct admin *a = c->admin;
	char cookie[SESSION_COOKIE + 1];
	struct person person = {0};

	if (!identity_find_digest(a->settings->identity, token, &person))
		return;
	/* A browser has one session: who logs in again leaves the old one. */
	if (call_session(c))
		sessions_close(a->sessions, call_session(c));
	sessions_open(a->sessions, token, clock_mono(), cookie);
	set_cookie(c, cookie, SESSION_LIFE_US);
	memory_wipe(cookie, sizeof(cookie));
	a->counts.logins++;
	record_login(c, &person, how);
}

void
gate_log_out(struct admin_call *c)
{
	struct session *session = call_session(c);

	if (session)
		sessions_close(c->admin->sessions, session);
	set_cookie(c, "", 0);
}

static bool
is_unsafe(const struct admin_call *c)
{
	return c->route->method != METHOD_GET;
}

static bool
is_admitted(const struct admin_call *c)
{
	switch (c->route->role) {
	case ROLE_ANYONE:
		return true;
	case ROLE_LOCAL:
		return c->admin->settings->is_local || person_is_named(&c->person);
	case ROLE_NAMED:
		return person_is_named(&c->person);
	case ROLE_TOKEN:
		return person_is_named(&c->person) && c->cookie.len == 0;
	}
	return false;
}

bool
gate_admits(struct admin_call *c)
{
	bool is_browser = c->route->face == FACE_PAGE || c->cookie.len;

	if (is_unsafe(c) && is_browser && c->is_from_elsewhere) {
		call_problem(c, PROBLEM_CROSS_SITE,
		             "The form was sent from a page that is not ours.");
		return false;
	}
	if (c->shows_wrong_token && c->route->role != ROLE_LOCAL) {
		gate_note_failure(c, "the token shown is not one of ours");
		call_problem(c, PROBLEM_IDENTITY_REQUIRED, "The token is not one of ours.");
		return false;
	}
	if (is_admitted(c))
		return true;
	/* A cookie that is SameSite=Strict does not come along when a link in a mail or a chat
	 * is followed, but it does when our own page leads on. */
	if (c->route->face == FACE_PAGE && c->is_from_elsewhere)
		page_lead_on(c);
	else
		call_problem(c, PROBLEM_IDENTITY_REQUIRED,
		             c->route->face == FACE_PAGE ? "" : "Show a token: Authorization: Bearer.");
	return false;
}
