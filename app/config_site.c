/* Sites: what each says, put together with its rules and with its neighbours. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_text.h"
#include "rules/lint_rules.h"
#include "rules/load.h"

enum { PLACE_MAX = 8192 };

/* Whether some rule of the site asks for approval. */
static bool
has_approval_rule(const struct node *rules)
{
	if (!rules || rules->kind != NODE_LIST)
		return false;
	NODE_EACH (rules, rule) {
		const struct node *verdict = node_find(rule, SPAN("verdict"));

		if (verdict && verdict->kind == NODE_SCALAR &&
		    span_eq(verdict->text, SPAN("approval")))
			return true;
	}
	return false;
}

static void
check_callers(struct config_run *run, const struct node *n, const struct site *site)
{
	const struct node *callers = node_find(n, SPAN("callers"));
	bool is_gated = has_approval_rule(node_find(n, SPAN("rules")));

	if (is_gated)
		run->needs_store = true;
	if (config_can_name(run->config, &site->identify))
		return;
	if (site->callers == CALLERS_REQUIRED)
		complain(run->reader.why, callers ? callers : n,
		         "identity.tokens or identity.header, in a way that identify lists",
		         "callers need a name, but nothing can name them");
	else if (site->callers == CALLERS_IDENTIFIED && is_gated)
		complain_warning(run->reader.why, callers ? callers : n,
		                 "callers of approval rules need a name, but nothing can name "
		                 "them: each such call will be refused");
}

static void
check_rules(struct config_run *run, const struct node *n, const struct site *site)
{
	const struct node *rules = node_find(n, SPAN("rules"));

	if (!site->allows_otherwise && (!rules || (rules->kind == NODE_LIST && !rules->count)))
		complain_warning(run->reader.why, n,
		                 "has no rules, and \"otherwise\" is deny: every request will be "
		                 "refused");
}

static void
take_site(struct config_run *run, const struct node *n, struct site *site)
{
	struct site_text text = {.identify = identify_default};

	schema_defaults(&run->reader, &site_schema, &text);
	text.limits = run->text.limits;
	schema_read(&run->reader, &site_schema, n, &text);
	*site = (struct site){
		.name = text.name,
		.hosts = text.hosts.at,
		.host_count = text.hosts.count,
		.callers = (enum site_callers)text.callers,
		.identify = text.identify,
		.strips_authorization = text.authorization,
		.error_format = (enum error_format)text.error_format,
		.observes = text.observe,
		.allows_otherwise = text.otherwise,
		.upstream = text.upstream.address,
		.upstream_host = text.upstream.host,
		.limits = text.limits,
		.options = {.keeps_encoded_slash = text.encoded_slash,
		            .keeps_matrix = text.matrix,
		            .keeps_percent25 = text.percent25,
		            .bodies_on = text.bodies_on,
		            .takes_utf8 = text.header_utf8},
	};
	if (n->kind != NODE_MAP)
		return;
	site->rules = ruleset_load(text.rules, text.defaults,
	                           site->allows_otherwise ? VERDICT_ALLOW : VERDICT_DENY,
	                           run->reader.why);
	if (site->rules && text.rules)
		lint_hosts(site->rules, text.rules, &text.hosts, run->reader.why);
	config_check_limits(run, node_find(n, SPAN("limits")), &site->limits);
	check_callers(run, n, site);
	check_rules(run, n, site);
}

static void
check_host(struct config_run *run, const struct node *at, const struct site *site,
           struct span host)
{
	const struct site *other = site_table_clash(run->config->site_table, site, host);

	if (!other || !at)
		return;
	if (host.len)
		complain(run->reader.why, at, "each host on one site",
		         "%.*s is a host of site %.*s already",
		         SPAN_ARG(host), SPAN_ARG(other->name));
	else
		complain(run->reader.why, at, "the key \"hosts\" on all sites but one",
		         "has no hosts, and neither has site %.*s", SPAN_ARG(other->name));
}

static void
check_hosts(struct config_run *run, const struct node *n, const struct site *site)
{
	const struct node *hosts = node_find(n, SPAN("hosts"));
	const struct node *item = hosts && hosts->kind == NODE_LIST ? hosts->first : hosts;

	if (!hosts)
		check_host(run, n, site, SPAN_NONE);
	for (size_t i = 0; i < site->host_count && item; i++, item = item->next) {
		if (site->hosts[i].len)
			check_host(run, item, site, site->hosts[i]);
	}
}

static void
check_name(struct config_run *run, const struct node *n, size_t index)
{
	const struct site *sites = run->config->sites;
	struct span name = sites[index].name;
	const struct node *other = n->parent->first;
	struct buf place = BUF_INIT(PLACE_MAX);

	for (size_t i = 0; i < index && name.len; i++, other = other->next) {
		if (!span_eq(sites[i].name, name))
			continue;
		node_place(other, n, &place);
		complain(run->reader.why, node_find(n, SPAN("name")), "a name of its own",
		         "another site is called %.*s already, in %s", SPAN_ARG(name),
		         buf_cstr(&place));
		break;
	}
	buf_clear(&place);
}

void
config_take_sites(struct config_run *run)
{
	struct config *config = run->config;
	const struct node *list = run->text.sites;

	if (!list || !node_is_kind(list, NODE_LIST, run->reader.why))
		return;
	if (list->count == 0)
		complain(run->reader.why, list, "at least one site", "the list is empty");
	config->own_sites = arena_new(&config->arena, list->count * sizeof(struct site));
	config->sites = config->own_sites;
	config->site_count = list->count;
	NODE_EACH (list, item)
		take_site(run, item, &config->own_sites[item->index]);
	config->site_table = site_table_new(config->sites, config->site_count);
	NODE_EACH (list, item) {
		if (item->kind != NODE_MAP)
			continue;
		check_name(run, item, item->index);
		check_hosts(run, item, &config->sites[item->index]);
	}
}

void
config_opt_ins(const struct site *site, struct buf *to)
{
	static const char *const methods[] = {"GET", "HEAD", "OPTIONS"};
	const struct request_options *o = &site->options;
	size_t start = to->len;

	if (o->keeps_encoded_slash)
		buf_addf(to, "encoded_slash: keep");
	if (o->keeps_matrix)
		buf_addf(to, "%smatrix: keep", to->len > start ? ", " : "");
	if (o->keeps_percent25)
		buf_addf(to, "%spercent25: keep", to->len > start ? ", " : "");
	if (site->options.takes_utf8)
		buf_addf(to, "%sheader_utf8: true", to->len > start ? ", " : "");
	if (site->observes)
		buf_addf(to, "%sobserve: true", to->len > start ? ", " : "");
	if (!o->bodies_on)
		return;
	buf_addf(to, "%sbodies_on: [", to->len > start ? ", " : "");
	start = to->len;
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		enum method method;

		if (method_read(span_cstr(methods[i]), &method) && (o->bodies_on >> method & 1))
			buf_addf(to, "%s%s", to->len > start ? ", " : "", methods[i]);
	}
	buf_addc(to, ']');
}

/* What decides about a request; not where it goes, nor limits. */
static void
hash_site(struct hasher *h, const struct site *site)
{
	struct buf opt_ins = BUF_INIT(1000);

	buf_addf(&opt_ins, "%d %d %d %zu %zu ", (int)site->callers, site->allows_otherwise,
	         site->strips_authorization, site->host_count, site->identify.count);
	config_opt_ins(site, &opt_ins);
	hasher_add_counted(h, site->name);
	for (size_t i = 0; i < site->host_count; i++)
		hasher_add_counted(h, site->hosts[i]);
	for (size_t i = 0; i < site->identify.count; i++)
		hasher_add_counted(h, span_cstr(identity_way_name(site->identify.ways[i])));
	hasher_add_counted(h, buf_span(&opt_ins));
	hasher_add_counted(h, digest_span(ruleset_digest(site->rules)));
	buf_clear(&opt_ins);
}

struct digest
config_policy_digest(const struct config *config)
{
	struct hasher *h = hasher_new();

	hasher_add_counted(h, SPAN("countersign policy 1"));
	for (size_t i = 0; i < config->site_count; i++)
		hash_site(h, &config->sites[i]);
	return hasher_end(&h);
}
