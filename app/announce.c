/* What the process says of its configuration. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/announce.h"

#include "app/count.h"
#include "audit/record.h"
#include "lib/base/log.h"

enum { TEXT_MAX = 4096 };

void
announce_size(const struct config *config, struct buf *to)
{
	count_words(to, config->site_count, "site");
	buf_addf(to, ", ");
	count_words(to, config_rule_count(config), "rule");
}

static void
say_site(const struct site *site)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	config_opt_ins(site, &text);
	if (text.len)
		log_info("site.opt_ins", "site %.*s: %s", SPAN_ARG(site->name), buf_cstr(&text));
	if (site->observes)
		log_warning("site.observes",
		            "site %.*s only watches: its rules refuse and hold nothing",
		            SPAN_ARG(site->name));
	buf_clear(&text);
}

void
announce_loaded(const struct config *config, struct audit_ring *ring)
{
	struct emit *e = record_begin(ring, RECORD_CONFIG_LOADED, clock_wall());

	for (size_t i = 0; i < config->site_count; i++)
		say_site(&config->sites[i]);
	if (!e)
		return;
	emit_key(e, "config");
	emit_object(e);
	emit_member_digest(e, "hash", &config->policy);
	emit_member_u64(e, "sites", config->site_count);
	emit_member_u64(e, "rules", config_rule_count(config));
	emit_object_end(e);
	record_end(ring);
}

void
announce_refused(struct span first, struct audit_ring *ring)
{
	struct emit *e = record_begin(ring, RECORD_CONFIG_REFUSED, clock_wall());

	log_error("config.kept", "the configuration in force stays: %.*s", SPAN_ARG(first));
	if (!e)
		return;
	record_text(ring, "msg", first, TEXT_MAX);
	record_end(ring);
}
