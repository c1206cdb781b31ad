/* Groups that are asked for, held against the groups that somebody can have. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_text.h"

/* How many different people have the group, by tokens; no further than `enough`. */
static uint64_t
count_people(const struct identity_settings *identity, struct span group, uint64_t enough)
{
	uint64_t count = 0;

	for (size_t i = 0; i < identity->token_count && count < enough; i++) {
		const struct identity_token *token = &identity->tokens[i];
		struct person person = {.user = token->user,
		                        .groups = token->groups,
		                        .group_count = token->group_count};
		bool is_new = person_in_group(&person, group);

		for (size_t j = 0; j < i && is_new; j++) {
			person.groups = identity->tokens[j].groups;
			person.group_count = identity->tokens[j].group_count;
			if (span_eq(identity->tokens[j].user, token->user) &&
			    person_in_group(&person, group))
				is_new = false;
		}
		count += is_new;
	}
	return count;
}

static void
check_group(struct config_run *run, const struct node *n, uint64_t needed)
{
	uint64_t people;

	if (n->kind != NODE_SCALAR || n->text.len == 0)
		return;
	people = count_people(&run->config->identity_settings, n->text, needed);
	if (people >= needed)
		return;
	if (people == 0)
		complain_warning(run->reader.why, n, "nobody can have the group \"%.*s\": no token "
		                 "has it, and no header tells groups", SPAN_ARG(n->text));
	else
		complain_warning(run->reader.why, n, "%llu people are needed, but tokens give "
		                 "\"%.*s\" to only %llu", (unsigned long long)needed,
		                 SPAN_ARG(n->text), (unsigned long long)people);
}

static void
check_from(struct config_run *run, const struct node *approval)
{
	const struct node *from = approval ? node_find(approval, SPAN("from")) : NULL;
	const struct node *group = from ? node_find(from, SPAN("group")) : NULL;
	const struct node *count = from ? node_find(from, SPAN("count")) : NULL;
	uint64_t needed = 1;

	if (count && (count->kind != NODE_SCALAR || !span_to_u64(count->text, 1000, &needed)))
		return;
	if (group)
		check_group(run, group, needed);
}

static void
check_site(struct config_run *run, const struct node *site)
{
	const struct node *defaults = node_find(site, SPAN("defaults"));
	const struct node *rules = node_find(site, SPAN("rules"));

	if (defaults)
		check_from(run, node_find(defaults, SPAN("approval")));
	if (rules && rules->kind == NODE_LIST)
		NODE_EACH (rules, rule)
			check_from(run, node_find(rule, SPAN("approval")));
}

static void
check_list(struct config_run *run, const struct node *groups)
{
	if (groups && groups->kind == NODE_LIST)
		NODE_EACH (groups, group)
			check_group(run, group, 1);
	else if (groups)
		check_group(run, groups, 1);
}

/* Only tokens are a closed list: whoever sets a header can name any group. */
void
config_check_groups(struct config_run *run)
{
	if (run->config->identity_settings.groups_header.len)
		return;
	check_list(run, config_node(run, "admin", "auditors"));
	check_list(run, config_node(run, "admin", "operators"));
	if (run->text.sites && run->text.sites->kind == NODE_LIST)
		NODE_EACH (run->text.sites, site)
			check_site(run, site);
}
