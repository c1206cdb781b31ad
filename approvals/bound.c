/* The bound parts of one request, and their digest. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/bound.h"

/* Part of the digest: a change of the form below changes this word. */
static const char domain[] = "countersign-binding-v2";

struct span
bound_mode_word(enum bind_mode mode)
{
	static const char *const words[] = {
		[BIND_EXACT] = "exact",
		[BIND_EXACT_EXCEPT] = "exact_except",
		[BIND_PARTS] = "parts",
	};

	return span_cstr(words[mode]);
}

bool
bound_names(const struct bound *bound, enum bind_part_kind kind)
{
	for (size_t i = 0; i < bound->bind->count; i++) {
		if (bound->bind->parts[i]->kind == kind)
			return true;
	}
	return false;
}

struct span
bound_keyed(struct span secret, struct span value, struct arena *arena)
{
	static const char prefix[] = "hmac-sha256:";
	struct digest d = digest_hmac(secret, value);
	char *text = arena_new(arena, sizeof(prefix) + DIGEST_HEX);

	memcpy(text, prefix, sizeof(prefix));
	digest_hex(&d, text + sizeof(prefix) - 1);
	return span_of(text, sizeof(prefix) - 1 + DIGEST_HEX);
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

/* The words of a policy: up to its first colon, a part says of which kind it is. */
static void
add_bind(struct hasher *h, const struct bind *bind)
{
	struct buf text = BUF_INIT(SIZE_MAX / 4);

	hasher_add_counted(h, bound_mode_word(bind->mode));
	hasher_add_u64(h, bind->count);
	for (size_t i = 0; i < bind->count; i++) {
		buf_reset(&text);
		bind_part_text(bind->parts[i], &text);
		hasher_add_counted(h, buf_span(&text));
	}
	buf_clear(&text);
}

static void
add_head(struct hasher *h, const struct bound *bound)
{
	hasher_add_counted(h, bound->method);
	hasher_add_counted(h, bound->host);
	hasher_add_counted(h, bound->path);
	hasher_add_counted(h, bound->has_query ? SPAN("?") : SPAN(""));
	hasher_add_counted(h, bound->query);
	hasher_add_u64(h, bound->field_count);
	for (size_t i = 0; i < bound->field_count; i++) {
		hasher_add_counted(h, bound->fields[i].name);
		hasher_add_counted(h, bound->fields[i].value);
	}
}

/* With the place of each cut: no byte can move over it, and what was cut is what was named. */
static void
add_cut_body(struct hasher *h, const struct bound *bound)
{
	hasher_add_counted(h, SPAN("cut"));
	hasher_add_u64(h, bound->cut_count);
	for (size_t i = 0; i < bound->cut_count; i++) {
		hasher_add_counted(h, bound->cuts[i].pointer);
		hasher_add_u64(h, bound->cuts[i].at);
	}
	hasher_add_counted(h, bound->body);
}

static void
add_values(struct hasher *h, const struct bound *bound)
{
	hasher_add_counted(h, SPAN("values"));
	hasher_add_u64(h, bound->value_count);
	for (size_t i = 0; i < bound->value_count; i++) {
		const struct bound_value *v = &bound->values[i];

		hasher_add_counted(h, v->pointer);
		hasher_add_counted(h, v->is_present ? SPAN("present") : SPAN("absent"));
		hasher_add_counted(h, v->json);
	}
}

static void
add_body(struct hasher *h, const struct bound *bound)
{
	switch (bound->scope) {
	case BODY_SCOPE_WHOLE:
		hasher_add_counted(h, SPAN("whole"));
		hasher_add_u64(h, bound->body.len);
		hasher_add_counted(h, digest_span(&bound->body_sha256));
		break;
	case BODY_SCOPE_CUT:
		add_cut_body(h, bound);
		break;
	case BODY_SCOPE_VALUES:
		add_values(h, bound);
		break;
	case BODY_SCOPE_NONE:
		hasher_add_counted(h, SPAN("none"));
		break;
	}
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
	add_bind(h, bound->bind);
	add_head(h, bound);
	add_body(h, bound);
	return hasher_end(&h);
}
