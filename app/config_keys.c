/* Every key of the configuration file: name, type, bounds, default, meaning. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_load.h"
#include "app/config_text.h"

#define AT(object, member) .offset = offsetof(struct object, member)
#define TABLE(rows) .keys = (rows), .key_count = ARRAY_LEN(rows)

static const struct word log_levels[] = {
	{"debug", LOG_DEBUG}, {"info", LOG_INFO}, {"warning", LOG_WARNING},
	{"error", LOG_ERROR}, {NULL, 0},
};
static const struct word log_formats[] = {{"text", LOG_TEXT}, {"json", LOG_JSON}, {NULL, 0}};
static const struct word key_roles[] = {{"proxy", KEY_PROXY}, {"admin", KEY_ADMIN}, {NULL, 0}};
static const struct word failure_words[] = {{"refuse", 0}, {"pass", 1}, {NULL, 0}};

static const struct key log_keys[] = {
	{.name = "level", .type = KEY_WORD, AT(log_text, level), .words = log_levels,
	 .fallback = "info", .help = "The least serious events that are logged."},
	{.name = "format", .type = KEY_WORD, AT(log_text, format), .words = log_formats,
	 .fallback = "text", .help = "Lines for people, or one JSON object a line."},
};
static const struct schema log_schema = {
	.name = "log", .help = "The operator's log on standard error.", TABLE(log_keys)};

static const struct key listen_keys[] = {
	{.name = "address", .type = KEY_CUSTOM, AT(listen_text, address), .read = read_address,
	 .is_required = true, .form = "HOST:PORT, [IPV6]:PORT or unix:/PATH",
	 .help = "Where callers connect.",
	 .json_schema = "{\"type\": \"string\"}"},
	{.name = "tls", .type = KEY_NODE, .is_later = true,
	 .help = "Certificate, key and client authorities of this listener."},
	{.name = "proxy_protocol", .type = KEY_STRINGS, .is_later = true,
	 .help = "Networks whose PROXY protocol header names the caller's address."},
};
static const struct schema listen_schema = {.name = "a listener", TABLE(listen_keys),
	.help = "One address that callers connect to.", .size = sizeof(struct listen_text)};

static const struct key admin_keys[] = {
	{.name = "address", .type = KEY_CUSTOM, AT(admin_text, address), .read = read_address,
	 .is_required = true, .form = "HOST:PORT, [IPV6]:PORT or unix:/PATH",
	 .help = "Where approvers connect; plain HTTP is taken only on loopback or a Unix socket.",
	 .json_schema = "{\"type\": \"string\"}"},
	{.name = "tls", .type = KEY_NODE, .is_later = true,
	 .help = "Certificate, key and client authorities of the admin endpoint."},
	{.name = "public_url", .type = KEY_CUSTOM, AT(admin_text, public_url), .read = read_url,
	 .form = "http://HOST[:PORT] or https://HOST[:PORT] without a path",
	 .help = "How people reach the admin endpoint; links are made from it.",
	 .json_schema = "{\"type\": \"string\", \"pattern\": \"^https?://\"}"},
	{.name = "auditors", .type = KEY_CUSTOM, AT(admin_text, auditors), .read = read_groups,
	 .form = "a list of groups", .fallback = "[]",
	 .help = "Groups that read everything and decide nothing.",
	 .json_schema = JSON_SCHEMA_TEXTS},
	{.name = "operators", .type = KEY_CUSTOM, AT(admin_text, operators), .read = read_groups,
	 .form = "a list of groups", .fallback = "[]",
	 .help = "Groups that reload and freeze.",
	 .json_schema = JSON_SCHEMA_TEXTS},
};
static const struct schema admin_schema = {
	.name = "admin", .help = "The endpoint where people decide.", TABLE(admin_keys)};

static const struct key store_keys[] = {
	{.name = "redis", .type = KEY_CUSTOM, AT(store_text, redis), .read = read_redis,
	 .is_required = true, .form = "embedded, redis://HOST:PORT or unix:/PATH",
	 .help = "The Redis that carries approvals; embedded starts a private one.",
	 .json_schema = "{\"type\": \"string\"}"},
	{.name = "namespace", .type = KEY_CUSTOM, AT(store_text, namespace),
	 .read = read_namespace, .fallback = "countersign",
	 .form = "1 to 64 letters, digits, . _ or -",
	 .help = "Which nodes share approvals: those with the same Redis and namespace.",
	 .json_schema = JSON_SCHEMA_TEXT},
	{.name = "username", .type = KEY_STRING, AT(store_text, username),
	 .help = "The Redis user; needs password_file."},
	{.name = "password_file", .type = KEY_STRING, AT(store_text, password_file),
	 .help = "File that holds the Redis password on its first line."},
	{.name = "tls", .type = KEY_NODE, .is_later = true,
	 .help = "Authorities, certificate and key for rediss://."},
	{.name = "claims", .type = KEY_WORD, .is_later = true,
	 .help = "Which nodes may claim an approval: any, or the one that opened it."},
};
static const struct schema store_schema = {
	.name = "store", .help = "Where approvals wait.", TABLE(store_keys)};

static const struct key trusted_key_keys[] = {
	{.name = "key", .type = KEY_STRING, AT(trusted_key_text, key), .is_required = true,
	 .help = "PEM file with an Ed25519 public key, as `countersign keys export` writes it."},
	{.name = "role", .type = KEY_WORD, AT(trusted_key_text, role), .words = key_roles,
	 .is_required = true, .help = "What the key may sign: requests, or decisions."},
};
static const struct schema trusted_key_schema = {.name = "a trusted key",
	.help = "A key of another node.", TABLE(trusted_key_keys),
	.size = sizeof(struct trusted_key_text)};

static const struct key approvals_keys[] = {
	{.name = "trusted_keys", .type = KEY_OBJECTS, AT(approvals_text, trusted_keys),
	 .object = &trusted_key_schema, .fallback = "[]",
	 .help = "Keys of other nodes that are believed; our own always are."},
	{.name = "binding_secret", .type = KEY_STRING, AT(approvals_text, binding_secret),
	 .help = "File with the secret that the nodes of a namespace share; left out, one is "
	         "made in state_dir."},
	{.name = "break_glass", .type = KEY_NODE, .is_later = true,
	 .help = "A group that may approve alone, loudly."},
};
static const struct schema approvals_schema = {
	.name = "approvals", .help = "Keys and secrets behind approvals.",
	TABLE(approvals_keys)};

static const struct key audit_keys[] = {
	{.name = "file", .type = KEY_STRING, AT(audit_text, file),
	 .fallback = "/var/log/countersign/audit.jsonl", .help = "The trail."},
	{.name = "on_failure", .type = KEY_WORD, AT(audit_text, on_failure), .words = failure_words,
	 .fallback = "refuse",
	 .help = "What becomes of calls that need no approval while lines cannot be written; "
	         "gated calls are refused always."},
	{.name = "rotate", .type = KEY_NODE, .is_later = true,
	 .help = "When a new file begins and how long old ones stay."},
	{.name = "redact", .type = KEY_NODE, .is_later = true,
	 .help = "More headers, query parameters and body members to be kept out."},
	{.name = "sinks", .type = KEY_NODE, .is_later = true,
	 .help = "Where else the lines go."},
};
static const struct schema audit_schema = {
	.name = "audit", .help = "The record of everything that happened.", TABLE(audit_keys)};

static const struct key token_keys[] = {
	{.name = "user", .type = KEY_CUSTOM, AT(token_text, user), .read = read_user,
	 .is_required = true, .form = "a name of printable ASCII without comma",
	 .help = "Who shows this token.",
	 .json_schema = JSON_SCHEMA_TEXT},
	{.name = "groups", .type = KEY_CUSTOM, AT(token_text, groups), .read = read_groups,
	 .form = "a list of groups", .fallback = "[]", .help = "The groups of this user.",
	 .json_schema = JSON_SCHEMA_TEXTS},
	{.name = "sha256", .type = KEY_CUSTOM, AT(token_text, sha256), .read = read_digest,
	 .is_required = true, .form = "64 hexadecimal digits",
	 .help = "SHA-256 of the token, as `countersign token` prints it.",
	 .json_schema = "{\"type\": \"string\", \"pattern\": \"^[0-9A-Fa-f]{64}$\"}"},
};
static const struct schema token_schema = {.name = "a token",
	.help = "One bearer token of a person or service.", TABLE(token_keys),
	.size = sizeof(struct token_text)};

static const struct key header_keys[] = {
	{.name = "user", .type = KEY_CUSTOM, AT(header_text, user), .read = read_header_name,
	 .is_required = true, .form = "the name of a header",
	 .help = "The header with the caller's name.",
	 .json_schema = "{\"type\": \"string\"}"},
	{.name = "groups", .type = KEY_CUSTOM, AT(header_text, groups),
	 .read = read_header_name, .form = "the name of a header",
	 .help = "The header with the caller's groups, separated by commas.",
	 .json_schema = "{\"type\": \"string\"}"},
	{.name = "trust", .type = KEY_STRINGS, AT(header_text, trust), .is_required = true,
	 .help = "Who may set these headers: networks such as 127.0.0.1/32, and unix."},
};
static const struct schema header_schema = {.name = "identity.header",
	.help = "Names told by a proxy in front.", TABLE(header_keys)};

static const struct key identity_keys[] = {
	{.name = "tokens", .type = KEY_OBJECTS, AT(identity_text, tokens), .object = &token_schema,
	 .fallback = "[]", .help = "Bearer tokens of people and services, stored as SHA-256."},
	{.name = "header", .type = KEY_OBJECT, AT(identity_text, header), .object = &header_schema,
	 .help = "Names that a trusted proxy in front tells."},
	{.name = "certificate", .type = KEY_NODE, .is_later = true,
	 .help = "Names from client certificates."},
	{.name = "jwt", .type = KEY_NODE, .is_later = true, .help = "Names from JWTs."},
	{.name = "oidc", .type = KEY_NODE, .is_later = true,
	 .help = "Login to the admin endpoint through OpenID Connect."},
	{.name = "people", .type = KEY_NODE, .is_later = true,
	 .help = "Which accounts belong to one person."},
};
static const struct schema identity_schema = {
	.name = "identity", .help = "Who asks and who decides.", TABLE(identity_keys)};

static const struct key root_keys[] = {
	{.name = "workers", .type = KEY_CUSTOM, AT(config_text, workers), .read = read_workers,
	 .fallback = "auto", .form = "auto or a number",
	 .help = "Threads that carry traffic; auto is one per core.",
	 .json_schema = "{\"anyOf\": [{\"enum\": [\"auto\"]}, "
	                "{\"type\": \"integer\", \"minimum\": 1, \"maximum\": 256}]}"},
	{.name = "log", .type = KEY_OBJECT, AT(config_text, log), .object = &log_schema,
	 .help = "The operator's log on standard error."},
	{.name = "listen", .type = KEY_OBJECTS, AT(config_text, listen),
	 .object = &listen_schema, .help = "Where callers connect."},
	{.name = "admin", .type = KEY_OBJECT, AT(config_text, admin), .object = &admin_schema,
	 .help = "The endpoint where people decide."},
	{.name = "store", .type = KEY_OBJECT, AT(config_text, store), .object = &store_schema,
	 .help = "Where approvals wait."},
	{.name = "state_dir", .type = KEY_STRING, AT(config_text, state_dir),
	 .fallback = "/var/lib/countersign",
	 .help = "Directory of keys, spent log, rings and the embedded Redis; may be shared by "
	         "processes on one machine."},
	{.name = "approvals", .type = KEY_OBJECT, AT(config_text, approvals),
	 .object = &approvals_schema, .help = "Keys and secrets behind approvals."},
	{.name = "audit", .type = KEY_OBJECT, AT(config_text, audit), .object = &audit_schema,
	 .help = "The record of everything that happened."},
	{.name = "identity", .type = KEY_OBJECT, AT(config_text, identity),
	 .object = &identity_schema, .help = "Who asks and who decides."},
	{.name = "notify", .type = KEY_NODE, .is_later = true,
	 .help = "Who is told of new approvals."},
	{.name = "limits", .type = KEY_OBJECT, AT(config_text, limits),
	 .object = &limits_schema, .help = "Every limit by its name."},
	{.name = "sites", .type = KEY_NODE, AT(config_text, sites), .object = &site_schema,
	 .form = "a list of sites", .help = "Upstreams with their hosts and rules.",
	 .json_schema = JSON_SCHEMA_INCLUDING},
};

const struct schema config_schema = {.name = "the configuration", TABLE(root_keys),
	.help = "Configuration of Countersign.", .size = sizeof(struct config_text)};
