/* One person's yes or no, signed by the admin endpoint that took it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/signed_decision.h"

#define DOMAIN SPAN("countersign-decision-v1")

enum { VERSION = 1 };

void
decision_seal(const struct decision_draft *d, const struct private_key *key, struct buf *to)
{
	json_t *doc = json_object(), *approver = json_object();

	sealed_set_text(approver, "user", d->by->user);
	sealed_set_strings(approver, "groups", d->by->groups, d->by->group_count);
	sealed_set_text(approver, "auth", span_cstr(identity_source_name(d->by->source)));
	sealed_set_u64(doc, "v", VERSION);
	sealed_set_text(doc, "approval", span_cstr(d->request->id));
	sealed_set_digest(doc, "request_sha256", &d->request->digest);
	sealed_set_digest(doc, "binding", &d->request->binding);
	sealed_set_text(doc, "decision", d->approves ? SPAN("approve") : SPAN("deny"));
	json_object_set_new(doc, "approver", approver);
	sealed_set_text(doc, "reason", d->reason);
	sealed_set_time(doc, "decided_at", d->decided_at);
	sealed_set_time(doc, "expires_at", d->expires_at);
	sealed_set_digest(doc, "shown_sha256", &d->shown);
	sealed_set_text(doc, "node", d->node);
	sealed_set_text(doc, "boot", d->boot);
	sealed_make(doc, DOMAIN, key, to);
	json_decref(doc);
}

static bool
decides(const struct signed_decision *d, const struct signed_request *request)
{
	struct span id;
	struct digest digest, binding;

	return sealed_get_string(d->doc, "approval", &id) &&
	       span_eq(id, span_cstr(request->id)) &&
	       sealed_get_digest(d->doc, "request_sha256", &digest) &&
	       digest_eq(&digest, &request->digest) &&
	       sealed_get_digest(d->doc, "binding", &binding) &&
	       digest_eq(&binding, &request->binding);
}

static bool
read_vote(struct signed_decision *d)
{
	const json_t *approver = json_object_get(d->doc, "approver");
	struct span word;

	if (!sealed_get_string(d->doc, "decision", &word))
		return false;
	d->vote.approves = span_eq(word, SPAN("approve"));
	return (d->vote.approves || span_eq(word, SPAN("deny"))) &&
	       sealed_get_text(approver, "user", &d->arena, &d->vote.user) &&
	       sealed_get_strings(approver, "groups", &d->arena, &d->vote.groups,
	                            &d->vote.group_count);
}

bool
signed_decision_open(struct signed_decision *ret, struct span sealed,
                     const struct signed_request *request, const struct keyring *keys)
{
	struct span json;
	uint64_t version;

	*ret = (struct signed_decision){0};
	if (!sealed_open(sealed, DOMAIN, keys, KEY_ADMIN, &json))
		return false;
	ret->doc = sealed_parse(sealed, json);
	return ret->doc && sealed_get_u64(ret->doc, "v", &version) && version == VERSION &&
	       decides(ret, request) && read_vote(ret) &&
	       sealed_get_text(ret->doc, "reason", &ret->arena, &ret->reason) &&
	       sealed_get_time(ret->doc, "decided_at", &ret->decided_at) &&
	       sealed_get_time(ret->doc, "expires_at", &ret->expires_at);
}

void
signed_decision_clear(struct signed_decision *d)
{
	json_decref(d->doc);
	arena_clear(&d->arena);
	*d = (struct signed_decision){0};
}
