/* Who asks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/identity.h"

#include <stdlib.h>

#include "identity/token.h"
#include "lib/base/memory.h"

_Static_assert(sizeof(uintptr_t) == 8, "a memo holds a generation and a slot");

enum { NAME_MAX_LEN = 255, HEADER_GROUPS_MAX = 256 };

struct identity {
	const struct identity_settings *settings;
	struct token_table *tokens;
};

static const char *const way_names[IDENTITY_WAY_COUNT] = {
	[IDENTITY_WAY_CERTIFICATE] = "certificate", [IDENTITY_WAY_JWT] = "jwt",
	[IDENTITY_WAY_TOKEN] = "token",             [IDENTITY_WAY_BEARER] = "bearer",
	[IDENTITY_WAY_HEADER] = "header",
};

const struct identify identify_default = {
	.ways = {IDENTITY_WAY_CERTIFICATE, IDENTITY_WAY_JWT, IDENTITY_WAY_TOKEN,
	         IDENTITY_WAY_BEARER, IDENTITY_WAY_HEADER},
	.count = IDENTITY_WAY_COUNT,
};

bool
identity_way_read(struct span word, enum identity_way *ret)
{
	for (int way = 0; way < IDENTITY_WAY_COUNT; way++) {
		if (span_eq(word, span_cstr(way_names[way]))) {
			*ret = (enum identity_way)way;
			return true;
		}
	}
	return false;
}

const char *
identity_way_name(enum identity_way way)
{
	return way_names[way];
}

/* No comma: a proxy that joins two lines of a field must not make a new name of them. */
bool
identity_group_is_valid(struct span group)
{
	if (group.len == 0 || group.len > NAME_MAX_LEN || span_trim(group).len != group.len)
		return false;
	for (size_t i = 0; i < group.len; i++) {
		if (group.ptr[i] < 0x20 || group.ptr[i] > 0x7e || group.ptr[i] == ',')
			return false;
	}
	return true;
}

bool
identity_user_is_valid(struct span user)
{
	return identity_group_is_valid(user) && !span_eq_nocase(user, SPAN("anonymous"));
}

static bool
header_is_valid(struct span name)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && (!c || !strchr(others, c)))
			return false;
	}
	return true;
}

static bool
token_is_valid(const struct identity_token *token, struct buf *why)
{
	if (!identity_user_is_valid(token->user)) {
		buf_addf(why, "a token's user has a name that cannot be used");
		return false;
	}
	for (size_t i = 0; i < token->group_count; i++) {
		if (!identity_group_is_valid(token->groups[i])) {
			buf_addf(why, "a group of %.*s has a name that cannot be used",
			         SPAN_ARG(token->user));
			return false;
		}
	}
	return true;
}

struct identity *
identity_new(const struct identity_settings *settings, struct buf *why)
{
	struct token_table *tokens;
	struct identity *id;

	if (!header_is_valid(settings->user_header) || !header_is_valid(settings->groups_header)) {
		buf_addf(why, "an identity header is not the name of a header");
		return NULL;
	}
	for (size_t i = 0; i < settings->token_count; i++) {
		if (!token_is_valid(&settings->tokens[i], why))
			return NULL;
	}
	tokens = token_table_new(settings->tokens, settings->token_count, why);
	if (!tokens)
		return NULL;
	id = memory_new(sizeof(*id));
	id->settings = settings;
	id->tokens = tokens;
	return id;
}

void
identity_free(struct identity *id)
{
	if (!id)
		return;
	token_table_free(id->tokens);
	free(id);
}

static struct person
person_of(const struct identity_token *token, enum identity_source source)
{
	return (struct person){.user = token->user,
	                       .groups = token->groups,
	                       .group_count = token->group_count,
	                       .source = source};
}

bool
identity_find_token(const struct identity *id, struct span token, uintptr_t *memo,
                    struct person *ret)
{
	const struct identity_token *found = token_table_find(id->tokens, token, memo);

	if (!found)
		return false;
	*ret = person_of(found, IDENTITY_BEARER);
	return true;
}

bool
identity_find_digest(const struct identity *id, const struct digest *sha256,
                     struct person *ret)
{
	const struct identity_token *found = token_table_find_digest(id->tokens, sha256);

	if (!found)
		return false;
	*ret = person_of(found, IDENTITY_SESSION);
	return true;
}

bool
identity_bearer_of(struct span authorization, struct span *ret_token)
{
	size_t space = span_find(authorization, ' ');

	if (!span_eq_nocase(span_of(authorization.ptr, space), SPAN("Bearer")))
		return false;
	*ret_token = span_trim(span_from(authorization, space));
	return true;
}

/* What one way says. */
enum told { TOLD_NOTHING, TOLD_PERSON, TOLD_WRONG, TOLD_UNKNOWN_BEARER, TOLD_TWICE };

static enum told
ask_token(const struct identity *id, const struct identity_question *q, struct person *ret)
{
	const struct identity_token *found;
	const struct field *field;
	size_t lines;

	if (!head_has(q->head, FIELD_COUNTERSIGN_TOKEN))
		return TOLD_NOTHING;
	field = head_find(q->head, SPAN("Countersign-Token"), &lines);
	if (lines > 1)
		return TOLD_TWICE;
	found = token_table_find(id->tokens, head_part(q->head, field->value), q->memo);
	if (!found)
		return TOLD_WRONG;
	*ret = person_of(found, IDENTITY_TOKEN);
	return TOLD_PERSON;
}

static enum told
ask_bearer(const struct identity *id, const struct identity_question *q, struct person *ret)
{
	const struct identity_token *found;
	const struct field *field;
	struct span token;
	size_t lines;

	/* Without tokens of ours a bearer token can only be the upstream's. */
	if (!head_has(q->head, FIELD_AUTHORIZATION) || token_table_is_empty(id->tokens))
		return TOLD_NOTHING;
	field = head_find(q->head, SPAN("Authorization"), &lines);
	if (lines > 1)
		return TOLD_TWICE;
	if (!identity_bearer_of(head_part(q->head, field->value), &token))
		return TOLD_NOTHING;
	found = token_table_find(id->tokens, token, q->memo);
	if (!found)
		return TOLD_UNKNOWN_BEARER;
	*ret = person_of(found, IDENTITY_BEARER);
	return TOLD_PERSON;
}

static bool
read_group_names(struct span list, struct arena *arena, struct person *ret)
{
	struct span *groups, rest = list, part;
	size_t count = 0;

	groups = arena_new(arena, HEADER_GROUPS_MAX * sizeof(*groups));
	while (span_cut(&rest, ',', &part)) {
		part = span_trim(part);
		if (part.len == 0)
			continue;
		if (count == HEADER_GROUPS_MAX || !identity_group_is_valid(part))
			return false;
		groups[count++] = arena_copy(arena, part);
	}
	ret->groups = groups;
	ret->group_count = count;
	return true;
}

static enum told
read_header_person(const struct identity_question *q, struct span user, struct span groups,
                   struct person *ret)
{
	/* Groups without a user are a front proxy that is set up wrongly. */
	if (user.len == 0)
		return groups.len ? TOLD_WRONG : TOLD_NOTHING;
	if (!identity_user_is_valid(user))
		return TOLD_WRONG;
	*ret = (struct person){.user = arena_copy(q->arena, user), .source = IDENTITY_HEADER};
	if (groups.len && !read_group_names(groups, q->arena, ret))
		return TOLD_WRONG;
	return TOLD_PERSON;
}

static enum told
ask_header(const struct identity *id, const struct identity_question *q, struct person *ret)
{
	const struct identity_settings *settings = id->settings;
	const struct field *user, *groups = NULL;
	size_t user_lines, group_lines = 0;

	if (settings->user_header.len == 0 || !settings->is_trusted ||
	    !settings->is_trusted(settings->trusted, q->peer))
		return TOLD_NOTHING;
	user = head_find(q->head, settings->user_header, &user_lines);
	if (settings->groups_header.len)
		groups = head_find(q->head, settings->groups_header, &group_lines);
	if (user_lines > 1 || group_lines > 1)
		return TOLD_TWICE;
	return read_header_person(q, user ? head_part(q->head, user->value) : SPAN_NONE,
	                          groups ? head_part(q->head, groups->value) : SPAN_NONE, ret);
}

static enum told
ask(const struct identity *id, const struct identity_question *q, enum identity_way way,
    struct person *ret)
{
	switch (way) {
	case IDENTITY_WAY_TOKEN:
		return ask_token(id, q, ret);
	case IDENTITY_WAY_BEARER:
		return ask_bearer(id, q, ret);
	case IDENTITY_WAY_HEADER:
		return ask_header(id, q, ret);
	case IDENTITY_WAY_CERTIFICATE:
	case IDENTITY_WAY_JWT:
	case IDENTITY_WAY_COUNT:
		break;
	}
	return TOLD_NOTHING;
}

/* All ways together, as far as they are asked. */
struct tally {
	struct identified who;
	bool is_wrong, is_conflict, has_unknown_bearer;
};

static void
count_person(struct tally *tally, const struct person *person)
{
	if (person->source == IDENTITY_BEARER)
		tally->who.bearer_is_ours = true;
	if (!person_is_named(&tally->who.person))
		tally->who.person = *person;
	else if (!span_eq(tally->who.person.user, person->user))
		tally->is_conflict = true;
}

static enum identified_as
sum(const struct tally *tally)
{
	if (tally->is_wrong)
		return IDENTIFIED_WRONG;
	if (tally->is_conflict)
		return IDENTIFIED_CONFLICT;
	if (person_is_named(&tally->who.person))
		return IDENTIFIED_NAMED;
	return tally->has_unknown_bearer ? IDENTIFIED_WRONG : IDENTIFIED_ANONYMOUS;
}

struct identified
identity_identify(const struct identity *id, const struct identity_question *question)
{
	struct tally tally = {0};

	for (size_t i = 0; i < question->identify->count; i++) {
		struct person person = {0};
		enum told told = ask(id, question, question->identify->ways[i], &person);

		if (told == TOLD_PERSON)
			count_person(&tally, &person);
		tally.is_wrong |= told == TOLD_WRONG;
		tally.is_conflict |= told == TOLD_TWICE;
		tally.has_unknown_bearer |= told == TOLD_UNKNOWN_BEARER;
	}
	tally.who.as = sum(&tally);
	if (tally.who.as != IDENTIFIED_NAMED)
		tally.who.person = (struct person){0};
	return tally.who;
}

bool
identity_is_credential(const struct identity *id, const struct identified *who,
                       const struct head *h, const struct field *f)
{
	struct span name;

	if (f->id == FIELD_COUNTERSIGN_TOKEN)
		return true;
	if (f->id == FIELD_AUTHORIZATION)
		return who->bearer_is_ours;
	if (id->settings->user_header.len == 0)
		return false;
	name = head_part(h, f->name);
	return span_eq_nocase(name, id->settings->user_header) ||
	       (id->settings->groups_header.len &&
	        span_eq_nocase(name, id->settings->groups_header));
}
