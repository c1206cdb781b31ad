/* A request that is not sent, as bytes that would be. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/trial.h"

/* Cuts a URL into its authority and what is asked of it. */
static struct span
cut_authority(struct span url, struct span *ret_host)
{
	struct span rest;

	*ret_host = SPAN_NONE;
	if (span_starts(url, SPAN("http://")))
		rest = span_from(url, 7);
	else if (span_starts(url, SPAN("https://")))
		rest = span_from(url, 8);
	else
		return url;
	for (size_t i = 0; i < rest.len; i++) {
		if (!strchr("/?#", rest.ptr[i]))
			continue;
		*ret_host = span_of(rest.ptr, i);
		return span_from(rest, i);
	}
	*ret_host = rest;
	return SPAN("/");
}

/* Where a request goes that names no host. */
static struct span
own_host(const struct config *config)
{
	for (size_t i = 0; i < config->site_count; i++) {
		const struct site *site = &config->sites[i];

		if (site->host_count && site->hosts[0].len &&
		    !span_starts(site->hosts[0], SPAN("*.")))
			return site->hosts[0];
	}
	return SPAN("localhost");
}

static bool
has_field(const struct trial_request *r, struct span name)
{
	for (size_t i = 0; i < r->field_count; i++) {
		if (span_eq_nocase(r->fields[i].name, name))
			return true;
	}
	return false;
}

static void
write_framing(struct buf *to, const struct trial_request *r)
{
	bool looks_like_json = r->body.len && (r->body.ptr[0] == '{' || r->body.ptr[0] == '[');

	if (r->guesses_type && looks_like_json && !has_field(r, SPAN("Content-Type")))
		buf_addf(to, "Content-Type: application/json\r\n");
	if (r->has_body && !has_field(r, SPAN("Content-Length")) &&
	    !has_field(r, SPAN("Transfer-Encoding")))
		buf_addf(to, "Content-Length: %zu\r\n", r->body.len);
}

void
trial_write_head(struct buf *to, const struct config *config, const struct trial_request *r)
{
	struct span host, target = cut_authority(r->url, &host);

	if (r->host.len)
		host = r->host;
	if (host.len == 0)
		host = own_host(config);
	buf_addf(to, "%.*s %.*s HTTP/1.1\r\n", SPAN_ARG(r->method), SPAN_ARG(target));
	if (!has_field(r, SPAN("Host")))
		buf_addf(to, "Host: %.*s\r\n", SPAN_ARG(host));
	for (size_t i = 0; i < r->field_count; i++)
		buf_addf(to, "%.*s: %.*s\r\n", SPAN_ARG(r->fields[i].name),
		         SPAN_ARG(r->fields[i].value));
	write_framing(to, r);
	buf_addf(to, "\r\n");
}
