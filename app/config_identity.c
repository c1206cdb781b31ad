/* Who can be named: tokens, trusted headers, and the groups that rules count on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "app/config_text.h"

struct networks {
	struct network *at;
	size_t count;
};

static bool
is_trusted(const void *trusted, const struct address *peer)
{
	const struct networks *networks = trusted;
	struct source source = address_source(peer);

	for (size_t i = 0; i < networks->count; i++) {
		if (network_has(&networks->at[i], &source))
			return true;
	}
	return false;
}

static const struct node *
child_at(const struct node *list, size_t index)
{
	const struct node *item = list->first;

	while (index--)
		item = item->next;
	return item;
}

static void
take_network(struct config_run *run, const struct node *n, struct span text,
             struct network *ret)
{
	if (!text.len)
		return;
	if (!network_read(text, ret))
		complain(run->reader.why, n, "a network such as 10.0.0.0/8 or 127.0.0.1, or unix",
		         "\"%.*s\" is no network", SPAN_ARG(text));
	else if (ret->family != AF_UNIX && ret->bits == 0)
		complain_warning(run->reader.why, n,
		                 "everybody may say who they are by setting a header");
}

static void
take_trust(struct config_run *run, const struct node *n)
{
	const struct strings *texts = &run->text.identity.header.trust;
	struct networks *networks = arena_new(run->reader.arena, sizeof(*networks));

	networks->at = arena_new(run->reader.arena, texts->count * sizeof(*networks->at));
	networks->count = texts->count;
	for (size_t i = 0; i < texts->count; i++)
		take_network(run, n->kind == NODE_LIST ? child_at(n, i) : n, texts->at[i],
		             &networks->at[i]);
	if (n->kind == NODE_LIST && n->count == 0)
		complain(run->reader.why, n, "at least one network, or unix",
		         "nobody is trusted to set the header");
	run->config->identity_settings.trusted = networks;
	run->config->identity_settings.is_trusted = is_trusted;
}

static void
take_header(struct config_run *run)
{
	const struct header_text *text = &run->text.identity.header;
	const struct node *n = config_node(run, "identity", "header");

	if (!n || n->kind != NODE_MAP)
		return;
	if (text->user.len && span_eq_nocase(text->user, text->groups))
		complain(run->reader.why, node_find(n, SPAN("groups")), "a header of its own",
		         "%.*s names the user already", SPAN_ARG(text->user));
	run->config->identity_settings.user_header = text->user;
	run->config->identity_settings.groups_header = text->groups;
	if (node_find(n, SPAN("trust")))
		take_trust(run, node_find(n, SPAN("trust")));
}

static int
compare_digests(const void *a, const void *b)
{
	const struct identity_token *const *left = a, *const *right = b;
	int order = memcmp(&(*left)->sha256, &(*right)->sha256, DIGEST_LEN);

	return order ? order : (*left > *right) - (*left < *right);
}

/* One token for two people would make one of them the other. */
static void
check_tokens(struct config_run *run, const struct identity_token *tokens, size_t count)
{
	const struct node *list = config_node(run, "identity", "tokens");
	const struct identity_token **sorted =
		arena_new(run->reader.arena, count * sizeof(*sorted));
	const struct digest unread = {0};

	for (size_t i = 0; i < count; i++)
		sorted[i] = &tokens[i];
	qsort(sorted, count, sizeof(*sorted), compare_digests);
	for (size_t i = 1; i < count; i++) {
		const struct digest *digest = &sorted[i]->sha256;
		const struct node *item;

		if (!digest_eq(digest, &sorted[i - 1]->sha256) || digest_eq(digest, &unread))
			continue;
		item = child_at(list, (size_t)(sorted[i] - tokens));
		complain(run->reader.why, node_find(item, SPAN("sha256")),
		         "a token of its own for each entry",
		         "this token stands at another entry already");
	}
}

static void
take_tokens(struct config_run *run)
{
	const struct token_text *texts = run->text.identity.tokens.at;
	size_t count = run->text.identity.tokens.count;
	struct identity_token *tokens = arena_new(run->reader.arena, count * sizeof(*tokens));

	for (size_t i = 0; i < count; i++)
		tokens[i] = (struct identity_token){
			.user = texts[i].user,
			.groups = texts[i].groups.at,
			.group_count = texts[i].groups.count,
			.sha256 = texts[i].sha256,
		};
	check_tokens(run, tokens, count);
	run->config->identity_settings.tokens = tokens;
	run->config->identity_settings.token_count = count;
}

void
config_take_identity(struct config_run *run)
{
	struct config *config = run->config;
	struct buf why = BUF_INIT(1000);

	take_header(run);
	take_tokens(run);
	if (complaints_errors(run->reader.why))
		return;
	config->identity = identity_new(&config->identity_settings, &why);
	if (!config->identity)
		complain(run->reader.why, config_node(run, "identity", NULL), NULL, "%s",
		         buf_cstr(&why));
	buf_clear(&why);
}

bool
config_can_name(const struct config *config, const struct identify *ways)
{
	for (size_t i = 0; i < ways->count; i++) {
		switch (ways->ways[i]) {
		case IDENTITY_WAY_TOKEN:
		case IDENTITY_WAY_BEARER:
			if (config->identity_settings.token_count)
				return true;
			break;
		case IDENTITY_WAY_HEADER:
			if (config->identity_settings.user_header.len)
				return true;
			break;
		case IDENTITY_WAY_CERTIFICATE:
		case IDENTITY_WAY_JWT:
		case IDENTITY_WAY_COUNT:
			break;
		}
	}
	return false;
}
