/* Every key of a site. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_text.h"
#include "rules/load.h"

#define AT(member) .offset = offsetof(struct site_text, member)

static const struct word callers_words[] = {
	{"identified", CALLERS_IDENTIFIED}, {"required", CALLERS_REQUIRED},
	{"anyone", CALLERS_ANYONE}, {NULL, 0},
};
static const struct word authorization_words[] = {{"pass", 0}, {"strip", 1}, {NULL, 0}};
static const struct word otherwise_words[] = {{"deny", 0}, {"allow", 1}, {NULL, 0}};
static const struct word error_format_words[] = {
	{"problem", ERRORS_PROBLEM}, {"kubernetes", ERRORS_KUBERNETES},
	{"jsonrpc", ERRORS_JSONRPC}, {NULL, 0},
};
static const struct word keep_words[] = {{"refuse", 0}, {"keep", 1}, {NULL, 0}};

static const struct key site_keys[] = {
	{.name = "name", .type = KEY_CUSTOM, AT(name), .read = read_site_name,
	 .is_required = true, .form = "1 to 64 letters, digits, . _ or -",
	 .help = "Names the site in records, bindings and metrics.",
	 .json_schema = JSON_SCHEMA_TEXT},
	{.name = "hosts", .type = KEY_CUSTOM, AT(hosts), .read = read_hosts,
	 .form = "a list of host names, or *.SUFFIX",
	 .help = "Hosts that are this site's; left out: every host that is no other site's.",
	 .json_schema = JSON_SCHEMA_TEXTS},
	{.name = "callers", .type = KEY_WORD, AT(callers), .words = callers_words,
	 .fallback = "identified",
	 .help = "Who must have a name: those whom an approval rule stops, all, or none."},
	{.name = "identify", .type = KEY_CUSTOM, AT(identify), .read = read_identify,
	 .fallback = "[certificate, jwt, token, bearer, header]",
	 .form = "a list of certificate, jwt, token, bearer, header",
	 .help = "Ways to name a caller, in order; certificate and jwt name nobody yet.",
	 .json_schema = JSON_SCHEMA_ONE_OR_MORE(
		"{\"enum\": [\"certificate\", \"jwt\", \"token\", \"bearer\", \"header\"]}")},
	{.name = "authorization", .type = KEY_WORD, AT(authorization),
	 .words = authorization_words, .fallback = "pass",
	 .help = "Whether Authorization goes on to the upstream when it carried our token."},
	{.name = "upstream", .type = KEY_CUSTOM, AT(upstream), .read = read_upstream,
	 .is_required = true, .form = "http://HOST:PORT or http://unix:/PATH",
	 .help = "Where requests go; nothing is rewritten, so there is no path.",
	 .json_schema = "{\"type\": \"string\", \"pattern\": \"^http://\"}"},
	{.name = "otherwise", .type = KEY_WORD, AT(otherwise), .words = otherwise_words,
	 .fallback = "deny", .help = "What becomes of requests that no rule speaks of."},
	{.name = "defaults", .type = KEY_NODE, AT(defaults), .object = &rule_defaults_schema,
	 .help = "What rules of this site have in common.",
	 .json_schema = "@"},
	{.name = "rules", .type = KEY_NODE, AT(rules), .object = &rule_schema,
	 .form = "a list of rules",
	 .help = "Which requests are allowed, denied or need approval: see docs/rules.md.",
	 .json_schema = JSON_SCHEMA_INCLUDING},
	{.name = "limits", .type = KEY_OBJECT, AT(limits), .object = &site_limits_schema,
	 .help = "Limits of this site, where they differ; all but the totals."},
	{.name = "encoded_slash", .type = KEY_WORD, AT(encoded_slash), .words = keep_words,
	 .fallback = "refuse", .help = "Whether %2F may stand inside a path segment."},
	{.name = "matrix", .type = KEY_WORD, AT(matrix), .words = keep_words,
	 .fallback = "refuse", .help = "Whether ; may stand in a path."},
	{.name = "percent25", .type = KEY_WORD, AT(percent25), .words = keep_words,
	 .fallback = "refuse", .help = "Whether %25 may stand in a path."},
	{.name = "header_utf8", .type = KEY_BOOL, AT(header_utf8), .fallback = "false",
	 .help = "Whether header values may hold UTF-8 beyond ASCII."},
	{.name = "bodies_on", .type = KEY_CUSTOM, AT(bodies_on), .read = read_bodies_on,
	 .form = "a list of GET, HEAD, OPTIONS", .fallback = "[]",
	 .help = "Methods that may carry a body here, though they usually have none.",
	 .json_schema = JSON_SCHEMA_ONE_OR_MORE("{\"enum\": [\"GET\", \"HEAD\", \"OPTIONS\"]}")},
	{.name = "error_format", .type = KEY_WORD, AT(error_format),
	 .words = error_format_words, .fallback = "problem",
	 .help = "What our own answers look like: problem+json, a Status of Kubernetes, or an "
	         "error of JSON-RPC."},
	{.name = "observe", .type = KEY_BOOL, AT(observe), .fallback = "false",
	 .help = "Whether the rules only watch: judge and record, but refuse and hold nothing."},
	{.name = "upgrade", .type = KEY_STRINGS, .is_later = true,
	 .help = "Protocols that a connection may switch to."},
};

const struct schema site_schema = {
	.name = "a site",
	.help = "An upstream with its hosts and rules.",
	.keys = site_keys,
	.key_count = ARRAY_LEN(site_keys),
	.size = sizeof(struct site_text),
};
