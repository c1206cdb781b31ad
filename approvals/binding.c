/* What people sign: the bound parts of one request in one form, and its digest. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/binding.h"

#include "approvals/ulid.h"
#include "audit/redact.h"

/* Part of the digest: a change of the form below changes this word. */
static const char domain[] = "countersign-binding-v1";

/* What goes upstream, without what changes from try to try and without what named the
 * caller.  Host is bound as upstream_host, the framing by the length of the body. */
static bool
is_bound(const struct bindable *b, const struct head *h, const struct field *f)
{
	if (!field_is_forwarded(f) || f->flags & FIELD_UNBOUND)
		return false;
	return !b->is_identity || !b->is_identity(b->ctx, h, f);
}

static struct span
lower(struct span name, struct arena *arena)
{
	char *copy = arena_cstr(arena, name);

	for (size_t i = 0; i < name.len; i++)
		copy[i] = ascii_lower(copy[i]);
	return span_of(copy, name.len);
}

/* Who can read Redis must not learn a credential, nor test guesses without the key. */
static struct span
keyed(struct span secret, struct span value, struct arena *arena)
{
	static const char prefix[] = "hmac-sha256:";
	struct digest d = digest_hmac(secret, value);
	char *text = arena_new(arena, sizeof(prefix) + DIGEST_HEX);

	memcpy(text, prefix, sizeof(prefix));
	digest_hex(&d, text + sizeof(prefix) - 1);
	return span_of(text, sizeof(prefix) - 1 + DIGEST_HEX);
}

/* "token=..." and its like, with each secret value as its keyed digest: approvers, Redis
 * and the trail never see one, and another value is another binding all the same. */
static struct span
read_query(const struct bindable *b, struct arena *arena)
{
	struct span rest = b->request->query, part;
	struct buf text = BUF_INIT(SIZE_MAX / 4);
	struct span copy;

	while (span_cut(&rest, '&', &part)) {
		size_t equals = span_find(part, '=');

		if (text.len || part.ptr != b->request->query.ptr)
			buf_addc(&text, '&');
		if (equals + 1 >= part.len || !name_is_secret(span_of(part.ptr, equals))) {
			buf_add(&text, part);
			continue;
		}
		buf_add(&text, span_of(part.ptr, equals + 1));
		buf_add(&text, keyed(b->binding_secret, span_from(part, equals + 1), arena));
	}
	copy = arena_copy(arena, buf_span(&text));
	buf_clear(&text);
	return copy;
}

static void
read_fields(struct bound *ret, const struct bindable *b, struct arena *arena)
{
	const struct head *h = b->request->head;

	ret->fields = arena_new(arena, h->field_count * sizeof(*ret->fields));
	ret->field_count = 0;
	for (size_t i = 0; i < h->field_count; i++) {
		const struct field *f = &h->fields[i];
		struct bound_field *to = &ret->fields[ret->field_count];

		if (!is_bound(b, h, f))
			continue;
		to->name = lower(head_part(h, f->name), arena);
		to->value = head_part(h, f->value);
		if (f->flags & FIELD_SECRET)
			to->value = keyed(b->binding_secret, to->value, arena);
		ret->field_count++;
	}
	bound_sort(ret);
}

/* Insertion sort: stable, and a head has at most HEAD_FIELDS_MAX fields. */
void
bound_sort(struct bound *bound)
{
	for (size_t i = 1; i < bound->field_count; i++) {
		struct bound_field moved = bound->fields[i];
		size_t at = i;

		while (at > 0 && span_cmp(bound->fields[at - 1].name, moved.name) > 0) {
			bound->fields[at] = bound->fields[at - 1];
			at--;
		}
		bound->fields[at] = moved;
	}
}

void
bound_read(struct bound *ret, const struct bindable *b, struct arena *arena)
{
	const struct request *r = b->request;
	bool is_named = person_is_named(b->requester);

	*ret = (struct bound){
		.namespace = b->namespace,
		.site = b->site,
		.rule = b->rule,
		.effect = *b->effect,
		.is_named = is_named,
		.requester = is_named ? b->requester->user : b->anonymous_source,
		.method = span_cstr(method_name(r->method)),
		.host = b->upstream_host,
		.path = r->path,
		.query = read_query(b, arena),
		.has_query = r->has_query,
		.body_bytes = b->body.len,
		.body_sha256 = digest_of(b->body),
	};
	read_fields(ret, b, arena);
}

static void
add_u64(struct hasher *h, uint64_t number)
{
	unsigned char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(number >> (56 - 8 * i));
	hasher_add(h, span_of(bytes, sizeof(bytes)));
}

struct digest
bound_digest(const struct bound *bound)
{
	struct hasher *h = hasher_new();

	hasher_add_counted(h, SPAN(domain));
	hasher_add_counted(h, bound->namespace);
	hasher_add_counted(h, bound->site);
	hasher_add_counted(h, bound->rule);
	hasher_add_counted(h, digest_span(&bound->effect));
	hasher_add_counted(h, bound->is_named ? SPAN("user") : SPAN("source"));
	hasher_add_counted(h, bound->requester);
	hasher_add_counted(h, bound->method);
	hasher_add_counted(h, bound->host);
	hasher_add_counted(h, bound->path);
	hasher_add_counted(h, bound->has_query ? SPAN("?") : SPAN(""));
	hasher_add_counted(h, bound->query);
	add_u64(h, bound->field_count);
	for (size_t i = 0; i < bound->field_count; i++) {
		hasher_add_counted(h, bound->fields[i].name);
		hasher_add_counted(h, bound->fields[i].value);
	}
	add_u64(h, bound->body_bytes);
	hasher_add_counted(h, digest_span(&bound->body_sha256));
	return hasher_end(&h);
}

struct digest
binding_digest(const struct bindable *b)
{
	struct arena arena = {0};
	struct bound bound;
	struct digest digest;

	bound_read(&bound, b, &arena);
	digest = bound_digest(&bound);
	arena_clear(&arena);
	return digest;
}

void
binding_code(const struct digest *binding, char ret[CODE_TEXT])
{
	uint64_t bits = 0;
	int at = 0;

	for (int i = 0; i < 5; i++)
		bits = bits << 8 | binding->bytes[i];
	for (int i = 0; i < 8; i++) {
		if (i == 4)
			ret[at++] = '-';
		ret[at++] = ulid_digit((unsigned)(bits >> (35 - 5 * i)));
	}
	ret[at] = '\0';
}
