/* Addresses, hosts and URLs of the configuration. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_text.h"

enum { HOST_LEN_MAX = 253, REDIS_SCHEME = sizeof("redis://") - 1 };

static struct config_run *
run_of(struct reader *r)
{
	return r->owner;
}

/* A check may run where the names are not known: on a machine that only builds and tests. */
static bool
is_only_unknown(struct reader *r, const struct node *n, struct span text, struct span why)
{
	struct buf ignored = BUF_INIT(400);
	struct address address;
	bool is_right = run_of(r)->looks_at_places && address_read_offline(text, &address, &ignored);

	if (is_right)
		complain_warning(r->why, n, "%.*s: serve would not start",
		                 SPAN_ARG(why));
	buf_clear(&ignored);
	return is_right;
}

static bool
take_address(struct reader *r, const struct node *n, struct span text, struct address *ret)
{
	struct buf why = BUF_INIT(400);
	bool is_read = run_of(r)->is_offline ? address_read_offline(text, ret, &why)
	                                     : address_read(text, ret, &why);

	if (!is_read && is_only_unknown(r, n, text, buf_span(&why)))
		is_read = true;
	else if (!is_read && span_starts(buf_span(&why), SPAN("expected ")))
		complain(r->why, n, buf_cstr(&why) + strlen("expected "),
		         "\"%.*s\" is no address", SPAN_ARG(text));
	else if (!is_read)
		complain(r->why, n, NULL, "%s", buf_cstr(&why));
	buf_clear(&why);
	return is_read;
}

void
read_address(struct reader *r, const struct node *n, void *to)
{
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	if (span_starts(text, SPAN("systemd:")))
		complain(r->why, n, NULL, "sockets from systemd are not supported yet");
	else
		(void)!take_address(r, n, text, to);
}

static bool
has_any(struct span text, const char *bytes)
{
	for (; *bytes; bytes++) {
		if (span_contains(text, *bytes))
			return true;
	}
	return false;
}

void
read_url(struct reader *r, const struct node *n, void *to)
{
	struct span text, rest;

	if (!node_string(n, r->why, &text))
		return;
	if (text.ptr[text.len - 1] == '/')
		text.len--;
	rest = span_from(text, span_starts(text, SPAN("https://"))  ? 8
	                       : span_starts(text, SPAN("http://")) ? 7
	                                                            : text.len);
	if (rest.len == 0 || has_any(rest, "/?#@ "))
		complain(r->why, n, "http://HOST[:PORT] or https://HOST[:PORT]",
		         "is not the address of a web site");
	else
		*(struct span *)to = arena_copy(r->arena, text);
}

/* A host as requests carry it: labels of letters, digits, "-" and "_", or an IP literal. */
static bool
is_host(struct span host)
{
	struct span rest = host, label;
	struct network literal;

	if (host.len > 2 && host.ptr[0] == '[')
		return host.ptr[host.len - 1] == ']' &&
		       network_read(span_of(host.ptr + 1, host.len - 2), &literal) &&
		       !span_contains(host, '/');
	if (host.len == 0 || host.len > HOST_LEN_MAX)
		return false;
	while (span_cut(&rest, '.', &label)) {
		if (label.len == 0 || label.len > 63)
			return false;
		for (size_t i = 0; i < label.len; i++) {
			if (!ascii_is_alpha(label.ptr[i]) && !ascii_is_digit(label.ptr[i]) &&
			    label.ptr[i] != '-' && label.ptr[i] != '_')
				return false;
		}
	}
	return host.ptr[host.len - 1] != '.';
}

/* Hosts are compared without case: kept in lower case, as requests are read. */
static void
read_host(struct reader *r, const struct node *n, struct span *ret)
{
	bool is_suffix = n->kind == NODE_SCALAR && span_starts(n->text, SPAN("*."));
	struct span text;
	char *lower;

	if (!node_string(n, r->why, &text))
		return;
	if (!is_host(span_from(text, is_suffix ? 2 : 0))) {
		complain(r->why, n, "a host name without port, *.SUFFIX, or an IP address",
		         "\"%.*s\" is no host", SPAN_ARG(text));
		return;
	}
	lower = arena_cstr(r->arena, text);
	for (size_t i = 0; i < text.len; i++)
		lower[i] = ascii_lower(lower[i]);
	*ret = span_of(lower, text.len);
}

void
read_hosts(struct reader *r, const struct node *n, void *to)
{
	struct strings *hosts = to;
	size_t count = n->kind == NODE_LIST ? n->count : 1;

	if (n->kind == NODE_LIST && count == 0) {
		complain(r->why, n, "a list of hosts; left out, the site has every host",
		         "the list is empty");
		/* One that is nobody's, or the site would count as having every host. */
		*hosts = (struct strings){arena_new(r->arena, sizeof(struct span)), 1};
		return;
	}
	*hosts = (struct strings){arena_new(r->arena, count * sizeof(struct span)), count};
	if (n->kind != NODE_LIST)
		read_host(r, n, hosts->at);
	else
		NODE_EACH (n, item)
			read_host(r, item, &hosts->at[item->index]);
}

/* Whether a port stands behind a name, or behind the "]" of an IPv6 address. */
static bool
has_port(struct span host)
{
	size_t from = host.len && host.ptr[0] == '[' ? span_find(host, ']') : 0;

	return span_contains(span_from(host, from), ':');
}

void
read_upstream(struct reader *r, const struct node *n, void *to)
{
	struct upstream_text *upstream = to;
	struct buf text = BUF_INIT(1024);
	struct span url, rest;
	bool is_unix;

	if (n->kind == NODE_MAP) {
		complain(r->why, n, "http://HOST:PORT or http://unix:/PATH",
		         "the form with servers is not supported yet");
		return;
	}
	if (!node_string(n, r->why, &url))
		return;
	rest = span_starts(url, SPAN("http://")) ? span_from(url, 7) : SPAN_NONE;
	if (span_starts(url, SPAN("https://"))) {
		complain(r->why, n, NULL, "https to the upstream is not supported yet");
		return;
	}
	is_unix = span_starts(rest, SPAN("unix:"));
	if (rest.len == 0 || (!is_unix && has_any(rest, "/@?#"))) {
		complain(r->why, n, "http://HOST:PORT or http://unix:/PATH, and no path behind "
		         "it: requests are not rewritten", "is no upstream");
		return;
	}
	buf_add(&text, rest);
	if (!is_unix && !has_port(rest))
		buf_addf(&text, ":80");
	if (take_address(r, n, buf_span(&text), &upstream->address))
		upstream->host = is_unix ? SPAN("localhost") : arena_copy(r->arena, rest);
	buf_clear(&text);
}

static void
read_redis_url(struct reader *r, const struct node *n, struct span rest, struct span *ret)
{
	struct span address = span_of(rest.ptr, span_find(rest, '/'));
	struct span path = span_from(rest, address.len);
	struct buf text = BUF_INIT(400);

	if (span_contains(rest, '@'))
		complain(r->why, n, "the keys username and password_file",
		         "credentials do not belong into the URL");
	else if (path.len && !span_eq(path, SPAN("/")) && !span_eq(path, SPAN("/0")))
		complain(r->why, n, "redis://HOST:PORT or redis://HOST:PORT/0",
		         "only database 0 can be used");
	else {
		buf_addf(&text, "redis://%.*s%s", SPAN_ARG(address),
		         has_port(address) ? "" : ":6379");
		if (take_address(r, n, span_from(buf_span(&text), REDIS_SCHEME),
		                 &run_of(r)->config->store.address))
			*ret = arena_copy(r->arena, buf_span(&text));
	}
	buf_clear(&text);
}

void
read_redis(struct reader *r, const struct node *n, void *to)
{
	struct config_store *store = &run_of(r)->config->store;
	struct span text;

	if (n->kind == NODE_MAP) {
		complain(r->why, n, "embedded, redis://HOST:PORT or unix:/PATH",
		         "sentinels are not supported yet");
		return;
	}
	if (!node_string(n, r->why, &text))
		return;
	store->is_embedded = span_eq(text, SPAN("embedded"));
	if (store->is_embedded)
		*(struct span *)to = arena_copy(r->arena, text);
	else if (span_starts(text, SPAN("redis://")))
		read_redis_url(r, n, span_from(text, REDIS_SCHEME), to);
	else if (span_starts(text, SPAN("rediss://")))
		complain(r->why, n, NULL, "rediss:// is not supported yet");
	else if (!span_starts(text, SPAN("unix:")))
		complain(r->why, n, "embedded, redis://HOST:PORT or unix:/PATH",
		         "\"%.*s\" is no Redis server", SPAN_ARG(text));
	else if (take_address(r, n, text, &store->address))
		*(struct span *)to = arena_copy(r->arena, text);
}
