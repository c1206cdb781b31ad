/* The groups of members that many records share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/record.h"

#include "audit/ring_lanes.h"

/* Bytes of JSON text per field: all of them at once stay below DRAFT_MAX. */
enum {
	ID_BYTES = 256,
	GROUP_BYTES = 128,
	GROUPS_BYTES = 512,
	NAME_BYTES = 128,
	HOST_BYTES = 256,
	PATH_BYTES = 2048,
	QUERY_BYTES = 1024,
	REASON_BYTES = 1024,
};

/* Text of ours, commas and all; the values between go through the encoder. */
#define PUT(d, literal) put((d), (literal), sizeof(literal) - 1)

static inline void
put(struct draft *d, const char *text, size_t len)
{
	struct buf *out = &d->out;

	if (UNLIKELY(out->is_over || out->max - out->len < len)) {
		out->is_over = true;
		return;
	}
	memcpy(out->ptr + out->len, text, len);
	out->len += len;
	d->emit.needs_comma = false;
}

static void
put_end(struct draft *d)
{
	PUT(d, "}");
	d->emit.needs_comma = true;
	draft_keep(d);
}

/* A ULID's time is ten digits, each of five bits; the approval's own come in front. */
enum { ULID_TIME = 10, DIGIT_BITS = 5 };

void
record_identify(struct audit_ring *ring, enum record_code code, struct span approval,
                struct span detail)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct hasher *h;
	struct digest d;
	char id[STAMP_ID];

	if (approval.len != STAMP_ID)
		return;
	h = hasher_new();
	hasher_add_counted(h, SPAN("countersign-record-v1"));
	hasher_add_counted(h, span_cstr(record_event(code)));
	hasher_add_counted(h, approval);
	hasher_add_counted(h, detail);
	d = hasher_end(&h);
	memcpy(id, approval.ptr, ULID_TIME);
	for (size_t i = ULID_TIME; i < STAMP_ID; i++)
		id[i] = alphabet[d.bytes[i - ULID_TIME] & ((1 << DIGIT_BITS) - 1)];
	draft_set_id(&ring->draft, id);
}

void
record_severity(struct audit_ring *ring, const char *severity)
{
	draft_set_severity(&ring->draft, severity);
}

struct names {
	const char *id, *groups, *source;
};

static void
put_groups(struct draft *d, const struct record_person *person, const char *name)
{
	size_t start = d->out.len, most = (d->out.max - d->out.len) / 4;

	if (most > GROUPS_BYTES)
		most = GROUPS_BYTES;
	PUT(d, ",\"groups\":[");
	for (size_t i = 0; i < person->group_count; i++) {
		struct span group = person->groups[i];

		/* Whole names only: half a name would be another group. */
		if (group.len > GROUP_BYTES || d->out.len - start + group.len > most) {
			draft_was_cut(d, name);
			break;
		}
		emit_string(&d->emit, group);
	}
	PUT(d, "]");
}

static void
put_person(struct draft *d, const struct record_person *person, const struct names *names)
{
	draft_value(d, names->id, person->id.len ? person->id : SPAN("anonymous"), ID_BYTES);
	if (person->group_count)
		put_groups(d, person, names->groups);
	if (person->auth) {
		PUT(d, ",\"auth\":");
		emit_string(&d->emit, span_cstr(person->auth));
	}
	if (person->is_unnamed)
		PUT(d, ",\"unnamed\":true");
	if (person->source.len) {
		PUT(d, ",\"source\":");
		draft_value(d, names->source, person->source, NAME_BYTES);
	}
	put_end(d);
}

void
record_actor(struct audit_ring *ring, const struct record_person *person)
{
	static const struct names names = {"actor.id", "actor.groups", "actor.source"};

	PUT(&ring->draft, ",\"actor\":{\"id\":");
	put_person(&ring->draft, person, &names);
}

void
record_approver(struct audit_ring *ring, const struct record_person *person)
{
	static const struct names names = {"approver.id", "approver.groups", "approver.source"};

	PUT(&ring->draft, ",\"approver\":{\"id\":");
	put_person(&ring->draft, person, &names);
}

static void
put_number(struct draft *d, uint64_t number)
{
	d->emit.needs_comma = false;
	emit_u64(&d->emit, number);
}

void
record_source(struct audit_ring *ring, struct span ip, unsigned port)
{
	struct draft *d = &ring->draft;

	PUT(d, ",\"src\":{\"ip\":");
	draft_value(d, "src.ip", ip, NAME_BYTES);
	if (port) {
		PUT(d, ",\"port\":");
		put_number(d, port);
	}
	put_end(d);
}

static void
add_text(struct draft *d, const char *key, const char *name, struct span value, size_t max)
{
	if (value.len)
		draft_text(d, key, name, value, max);
}

void
record_destination(struct audit_ring *ring, struct span name, struct span host)
{
	struct draft *d = &ring->draft;

	PUT(d, ",\"dst\":{");
	add_text(d, "name", "dst.name", name, NAME_BYTES);
	add_text(d, "host", "dst.host", host, HOST_BYTES);
	put_end(d);
}

void
record_request(struct audit_ring *ring, const struct record_request *request)
{
	struct draft *d = &ring->draft;

	PUT(d, ",\"req\":{\"method\":");
	draft_value(d, "req.method", request->method, NAME_BYTES);
	PUT(d, ",\"host\":");
	draft_value(d, "req.host", request->host, HOST_BYTES);
	PUT(d, ",\"path\":");
	draft_value(d, "req.path", request->path, PATH_BYTES);
	if (request->query.len)
		draft_query(d, request->query, QUERY_BYTES);
	PUT(d, ",\"bytes\":");
	put_number(d, request->bytes);
	if (request->body)
		emit_member_digest(&d->emit, "body_sha256", request->body);
	put_end(d);
}

/* Milliseconds with three decimals. */
static void
put_ms(struct draft *d, int64_t us)
{
	uint64_t value = us > 0 ? (uint64_t)us : 0;
	char rest[4] = {'.', (char)('0' + value / 100 % 10), (char)('0' + value / 10 % 10),
	                (char)('0' + value % 10)};

	put_number(d, value / 1000);
	put(d, rest, sizeof(rest));
}

void
record_response(struct audit_ring *ring, unsigned status, uint64_t bytes, int64_t us)
{
	struct draft *d = &ring->draft;

	PUT(d, ",\"resp\":{\"bytes\":");
	put_number(d, bytes);
	if (status) {
		PUT(d, ",\"status\":");
		put_number(d, status);
	}
	PUT(d, ",\"ms\":");
	put_ms(d, us);
	put_end(d);
}

void
record_rule(struct audit_ring *ring, struct span name, const struct digest *hash)
{
	struct draft *d = &ring->draft;

	if (name.len == 0)
		return;
	PUT(d, ",\"rule\":{\"name\":");
	draft_value(d, "rule.name", name, NAME_BYTES);
	if (hash)
		emit_member_digest(&d->emit, "hash", hash);
	put_end(d);
}

/* A member of the record itself. */
static void
add_top(struct draft *d, const char *key, struct span value, size_t max)
{
	add_text(d, key, key, value, max);
	draft_keep(d);
}

void
record_site(struct audit_ring *ring, struct span name)
{
	add_top(&ring->draft, "site", name, NAME_BYTES);
}

void
record_verdict(struct audit_ring *ring, const char *verdict)
{
	emit_member_cstr(&ring->draft.emit, "verdict", verdict);
	draft_keep(&ring->draft);
}

void
record_approval(struct audit_ring *ring, const struct record_approval *approval)
{
	struct draft *d = &ring->draft;
	struct emit *e = &d->emit;

	PUT(d, ",\"approval\":{\"id\":");
	draft_value(d, "approval.id", approval->id, NAME_BYTES);
	if (approval->state)
		emit_member_cstr(e, "state", approval->state);
	if (approval->binding)
		emit_member_digest(e, "binding", approval->binding);
	add_text(d, "code", "approval.code", approval->code, NAME_BYTES);
	add_text(d, "claim", "approval.claim", approval->claim, NAME_BYTES);
	if (approval->need) {
		emit_member_u64(e, "have", approval->have);
		emit_member_u64(e, "need", approval->need);
	}
	if (approval->uses)
		emit_member_u64(e, "uses", approval->uses);
	if (approval->expires.us)
		emit_member_time(e, "expires", approval->expires);
	put_end(d);
}

void
record_reason(struct audit_ring *ring, struct span reason)
{
	add_top(&ring->draft, "reason", reason, REASON_BYTES);
}

void
record_text(struct audit_ring *ring, const char *key, struct span value, size_t max)
{
	add_top(&ring->draft, key, value, max);
}
