/* What people are asked: the request, whole and signed by the proxy that opened it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/signed_request.h"

#include <assert.h>

#include "approvals/shown.h"
#include "approvals/shown_bind.h"

#define DOMAIN SPAN("countersign-request-v1")

enum { VERSION = 2 };

static json_t *
requester_json(const struct request_draft *d)
{
	const struct person *p = d->bindable->requester;
	bool is_named = person_is_named(p);
	json_t *requester = json_object();

	if (is_named) {
		sealed_set_text(requester, "user", p->user);
	} else {
		json_object_set_new(requester, "user", json_null());
		/* Nobody can tell whether he approves what he asked for himself. */
		json_object_set_new(requester, "unnamed", json_true());
	}
	sealed_set_strings(requester, "groups", p->groups, p->group_count);
	sealed_set_text(requester, "source",
	                  is_named ? d->source : d->bindable->anonymous_source);
	sealed_set_text(requester, "auth", span_cstr(identity_source_name(p->source)));
	return requester;
}

static json_t *
needs_json(const struct requirement *requirement)
{
	json_t *needs = json_array();

	for (size_t i = 0; i < requirement->need_count; i++) {
		json_t *need = json_object();

		sealed_set_text(need, "group", requirement->needs[i].group);
		sealed_set_u64(need, "count", requirement->needs[i].count);
		json_array_append_new(needs, need);
	}
	return needs;
}

static uint64_t
bounded(uint64_t value)
{
	return value < INT64_MAX ? value : INT64_MAX;
}

json_t *
request_draft_json(const struct request_draft *d)
{
	struct arena arena = {0};
	struct bound bound;
	json_t *doc = json_object();
	char code[CODE_TEXT];
	/* It was bound before.  If it could not be now, what is shown would not give the binding,
	 * and nobody would take the document. */
	enum fault fault = bound_read(&bound, d->bindable, &arena);

	assert(fault == FAULT_NONE);
	(void)fault;
	binding_code(&d->binding, code);
	sealed_set_u64(doc, "v", VERSION);
	sealed_set_text(doc, "namespace", bound.namespace);
	sealed_set_text(doc, "site", bound.site);
	sealed_set_text(doc, "rule", bound.rule);
	sealed_set_digest(doc, "effect", &bound.effect);
	sealed_set_text(doc, "title", d->title);
	sealed_set_text(doc, "reason", d->reason);
	json_object_set_new(doc, "requester", requester_json(d));
	json_object_set_new(doc, "request", shown_json(&bound));
	json_object_set_new(doc, "bind", shown_bind_json(bound.bind));
	sealed_set_digest(doc, "binding", &d->binding);
	sealed_set_text(doc, "code", span_cstr(code));
	json_object_set_new(doc, "needs", needs_json(d->requirement));
	sealed_set_u64(doc, "uses", bounded(d->requirement->uses));
	sealed_set_u64(doc, "expires_us", bounded((uint64_t)d->requirement->expires_us));
	sealed_set_u64(doc, "valid_for_us", bounded((uint64_t)d->requirement->valid_for_us));
	sealed_set_text(doc, "node", d->node);
	sealed_set_text(doc, "boot", d->boot);
	arena_clear(&arena);
	return doc;
}

void
request_stamp(json_t *draft, const struct request_stamp *stamp, const struct private_key *key,
              struct buf *to)
{
	json_int_t expires_us = json_integer_value(json_object_get(draft, "expires_us"));

	sealed_set_text(draft, "id", span_cstr(stamp->id));
	sealed_set_text(draft, "epoch", stamp->epoch);
	sealed_set_time(draft, "created_at", stamp->now);
	sealed_set_time(draft, "expires_at", (struct wall){stamp->now.us + expires_us});
	if (stamp->secret)
		sealed_set_digest(draft, "secret_sha256", stamp->secret);
	if (stamp->follows)
		sealed_set_text(draft, "follows", span_cstr(stamp->follows));
	sealed_make(draft, DOMAIN, key, to);
}

static bool
read_needs(struct signed_request *r)
{
	const json_t *needs = json_object_get(r->doc, "needs");
	size_t count = json_array_size(needs);

	if (count == 0 || count > NEEDS_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		const json_t *need = json_array_get(needs, i);
		uint64_t people;

		if (!sealed_get_text(need, "group", &r->arena, &r->requirement.needs[i].group) ||
		    !sealed_get_u64(need, "count", &people) || people == 0 || people > UINT16_MAX)
			return false;
		r->requirement.needs[i].count = (unsigned)people;
	}
	r->requirement.need_count = count;
	return true;
}

static bool
read_requirement(struct signed_request *r)
{
	uint64_t expires_us, valid_for_us;

	if (!read_needs(r) || !sealed_get_u64(r->doc, "uses", &r->requirement.uses) ||
	    !sealed_get_u64(r->doc, "expires_us", &expires_us) ||
	    !sealed_get_u64(r->doc, "valid_for_us", &valid_for_us) ||
	    !sealed_get_digest(r->doc, "effect", &r->requirement.effect))
		return false;
	r->requirement.expires_us = (int64_t)expires_us;
	r->requirement.valid_for_us = (int64_t)valid_for_us;
	return r->requirement.uses > 0;
}

static bool
read_requester(struct signed_request *r)
{
	const json_t *requester = json_object_get(r->doc, "requester");

	if (!sealed_get_strings(requester, "groups", &r->arena, &r->requester.groups,
	                          &r->requester.group_count) ||
	    !sealed_get_text(requester, "source", &r->arena, &r->source))
		return false;
	if (json_is_null(json_object_get(requester, "user"))) {
		r->requester.source = IDENTITY_NONE;
		return true;
	}
	/* How the caller was named matters to people, not to us: named is named. */
	r->requester.source = IDENTITY_TOKEN;
	return sealed_get_text(requester, "user", &r->arena, &r->requester.user) &&
	       r->requester.user.len > 0;
}

static bool
read_stamp(struct signed_request *r)
{
	struct span id;

	if (!sealed_get_string(r->doc, "id", &id) || !ulid_is_valid(id) ||
	    !sealed_get_string(r->doc, "epoch", &r->epoch) ||
	    !sealed_get_time(r->doc, "created_at", &r->created_at) ||
	    !sealed_get_time(r->doc, "expires_at", &r->expires_at))
		return false;
	memcpy(r->id, id.ptr, ULID_LEN);
	if (!json_object_get(r->doc, "secret_sha256"))
		return true;
	r->has_secret = true;
	return sealed_get_digest(r->doc, "secret_sha256", &r->secret);
}

static bool
read_names(struct signed_request *r)
{
	return sealed_get_text(r->doc, "namespace", &r->arena, &r->namespace) &&
	       sealed_get_text(r->doc, "site", &r->arena, &r->site) &&
	       sealed_get_text(r->doc, "rule", &r->arena, &r->rule) &&
	       sealed_get_text(r->doc, "title", &r->arena, &r->title) &&
	       sealed_get_text(r->doc, "reason", &r->arena, &r->reason) &&
	       sealed_get_text(r->doc, "node", &r->arena, &r->node) &&
	       sealed_get_digest(r->doc, "binding", &r->binding);
}

static bool
read_shown(struct bound *bound, const struct signed_request *r, struct arena *arena)
{
	*bound = (struct bound){
		.namespace = r->namespace,
		.site = r->site,
		.rule = r->rule,
		.effect = r->requirement.effect,
		.is_named = person_is_named(&r->requester),
		.requester = person_is_named(&r->requester) ? r->requester.user : r->source,
	};
	return shown_bind_read(&bound->bind, json_object_get(r->doc, "bind"), arena) &&
	       shown_read(bound, json_object_get(r->doc, "request"), arena);
}

static bool
shows_what_it_binds(const struct signed_request *r)
{
	struct arena arena = {0};
	struct bound bound;
	struct digest digest;
	bool is_same = false;

	if (read_shown(&bound, r, &arena)) {
		digest = bound_digest(&bound);
		is_same = digest_eq(&digest, &r->binding);
	}
	arena_clear(&arena);
	return is_same;
}

bool
signed_request_open(struct signed_request *ret, struct span sealed, const struct keyring *keys)
{
	struct span json;
	uint64_t version;

	*ret = (struct signed_request){0};
	if (!sealed_open(sealed, DOMAIN, keys, KEY_PROXY, &json))
		return false;
	ret->doc = sealed_parse(sealed, json);
	if (!ret->doc)
		return false;
	ret->digest = digest_of(json);
	return sealed_get_u64(ret->doc, "v", &version) && version == VERSION &&
	       read_names(ret) && read_requirement(ret) && read_requester(ret) &&
	       read_stamp(ret) && shows_what_it_binds(ret);
}

void
signed_request_clear(struct signed_request *r)
{
	json_decref(r->doc);
	arena_clear(&r->arena);
	*r = (struct signed_request){0};
}
