/* Conditions of a match. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/condition.h"

#include <stdalign.h>
#include <sys/socket.h>

#include "lib/http/parameters.h"
#include "rules/body.h"

static struct answer
answer_of(bool is_true)
{
	return (struct answer){is_true ? TRUTH_TRUE : TRUTH_FALSE, DOUBT_NONE, FAULT_NONE};
}

static struct answer
cannot_tell(enum doubt doubt)
{
	return (struct answer){TRUTH_CANNOT_TELL, doubt, FAULT_NONE};
}

static bool
host_fits(struct span wanted, struct span host)
{
	if (!span_starts(wanted, SPAN("*.")))
		return span_eq(wanted, host);
	wanted = span_from(wanted, 1);
	return host.len > wanted.len && span_ends(host, wanted);
}

static struct answer
test_host(const struct condition *c, const struct subject *subject)
{
	for (size_t i = 0; i < c->count; i++) {
		if (host_fits(c->values[i], subject->request->host))
			return answer_of(true);
	}
	return answer_of(false);
}

static struct answer
test_requester(const struct condition *c, const struct subject *subject)
{
	const struct person *who = subject->requester;

	/* Leaving one's credential out must not be a way around a rule about people. */
	if (c->count && !person_is_named(who))
		return cannot_tell(DOUBT_NAMELESS);
	for (size_t i = 0; i < c->count; i++) {
		if (c->kind == CONDITION_USER ? span_eq(c->values[i], who->user)
		                              : person_in_group(who, c->values[i]))
			return answer_of(true);
	}
	return answer_of(false);
}

static struct answer
test_source(const struct condition *c, const struct subject *subject)
{
	bool names_address = false;

	for (size_t i = 0; i < c->count; i++) {
		if (network_has(&c->networks[i], &subject->source))
			return answer_of(true);
		names_address |= c->networks[i].family != AF_UNIX;
	}
	if (subject->source.is_unix && names_address)
		return cannot_tell(DOUBT_UNIX);
	return answer_of(false);
}

static bool
has_day(const struct schedule *s, int weekday)
{
	return s->days >> weekday & 1;
}

/* Hours past midnight belong to the day they began on. */
static bool
hours_have(const struct schedule *s, const struct hours *hours, const struct zone_time *at)
{
	if (hours->from < hours->to)
		return has_day(s, at->weekday) && hours->from <= at->minute &&
		       at->minute < hours->to;
	return (has_day(s, at->weekday) && at->minute >= hours->from) ||
	       (has_day(s, (at->weekday + 6) % 7) && at->minute < hours->to);
}

static struct answer
test_time(const struct condition *c, const struct subject *subject)
{
	const struct schedule *s = c->schedule;
	struct zone_time at;

	if (!zone_tell(s->zone, subject->now, &at))
		return cannot_tell(DOUBT_ZONE);
	for (size_t i = 0; i < s->count; i++) {
		if (hours_have(s, &s->hours[i], &at))
			return answer_of(true);
	}
	return answer_of(false);
}

static void
doubtful(struct value *ret, enum doubt why)
{
	*ret = (struct value){.kind = VALUE_DOUBTFUL, .why = why};
}

static enum fault
look_at_parameter(const struct condition *c, struct span parameters, struct arena *arena,
                  struct value *ret)
{
	bool is_form = c->kind == CONDITION_FORM;
	struct parameter p = {0};

	switch (parameter_find(parameters, c->name, is_form, arena, &p)) {
	case PARAMETER_ABSENT:
		*ret = (struct value){.kind = VALUE_ABSENT};
		return FAULT_NONE;
	case PARAMETER_DOUBTFUL:
		doubtful(ret, DOUBT_VARIANT);
		return FAULT_NONE;
	case PARAMETER_REPEATED:
		doubtful(ret, DOUBT_REPEATED);
		return is_form ? FAULT_BODY_AMBIGUOUS : FAULT_QUERY_REPEATED;
	case PARAMETER_FOUND:
		break;
	}
	*ret = (struct value){.kind = p.is_opaque ? VALUE_OPAQUE : VALUE_TEXT,
	                      .text = p.value,
	                      .other = p.other,
	                      .has_other = p.has_other && !p.is_opaque,
	                      .why = p.is_opaque ? DOUBT_OPAQUE : DOUBT_NONE};
	return FAULT_NONE;
}

static enum fault
look_at_header(const struct condition *c, const struct head *h, struct value *ret)
{
	size_t count = 0;
	const struct field *f = h ? head_find(h, c->name, &count) : NULL;

	*ret = (struct value){.kind = VALUE_ABSENT};
	if (!f)
		return FAULT_NONE;
	if (count > 1) {
		doubtful(ret, DOUBT_REPEATED);
		return FAULT_FIELD_REPEATED;
	}
	*ret = (struct value){.kind = VALUE_TEXT, .text = head_part(h, f->value)};
	return FAULT_NONE;
}

static void
take_fact(const struct json_fact *fact, struct value *ret)
{
	*ret = (struct value){.kind = VALUE_OPAQUE, .text = fact->raw, .why = DOUBT_TYPE};
	switch (fact->kind) {
	case JSON_STRING_VALUE:
		*ret = (struct value){.kind = VALUE_STRING, .text = fact->text};
		break;
	case JSON_NUMBER_VALUE:
		*ret = (struct value){.kind = VALUE_NUMBER, .text = fact->raw};
		break;
	case JSON_FALSE_VALUE:
	case JSON_TRUE_VALUE:
		ret->kind = VALUE_BOOLEAN;
		ret->boolean = fact->kind == JSON_TRUE_VALUE;
		break;
	case JSON_NULL_VALUE:
	case JSON_ARRAY_VALUE:
	case JSON_OBJECT_VALUE:
		break;
	}
}

static enum fault
look_at_pointer(const struct json_fact *fact, struct value *ret)
{
	switch (fact->found) {
	case JSON_ABSENT:
		*ret = (struct value){.kind = VALUE_ABSENT};
		break;
	case JSON_FOUND:
		take_fact(fact, ret);
		break;
	case JSON_DOUBTFUL:
		doubtful(ret, DOUBT_VARIANT);
		break;
	case JSON_CONFLICT:
		doubtful(ret, DOUBT_REPEATED);
		return FAULT_BODY_AMBIGUOUS;
	}
	return FAULT_NONE;
}

static enum fault
look_at_body(const struct condition *c, const struct body_facts *body, struct arena *arena,
             struct value *ret)
{
	enum body_form wanted = c->kind == CONDITION_FORM ? BODY_IS_FORM : BODY_IS_JSON;

	*ret = (struct value){.kind = VALUE_ABSENT};
	if (!body || body->fault != FAULT_NONE)
		doubtful(ret, DOUBT_UNREAD);
	else if (body->form == BODY_IS_ABSENT)
		return FAULT_NONE;
	else if (body->form != wanted)
		doubtful(ret, DOUBT_OTHER_BODY);
	else if (wanted == BODY_IS_FORM)
		return look_at_parameter(c, body->text, arena, ret);
	else
		return look_at_pointer(&body->facts[c->pointer], ret);
	return FAULT_NONE;
}

enum fault
condition_look(const struct condition *c, const struct subject *subject, struct arena *arena,
               struct value *ret)
{
	switch (c->kind) {
	case CONDITION_QUERY:
		return look_at_parameter(c, subject->request->query, arena, ret);
	case CONDITION_HEADER:
		return look_at_header(c, subject->request->head, ret);
	case CONDITION_BODY:
	case CONDITION_FORM:
		return look_at_body(c, subject->body, arena, ret);
	case CONDITION_HOST:
	case CONDITION_USER:
	case CONDITION_GROUP:
	case CONDITION_SOURCE:
	case CONDITION_TIME:
		break;
	}
	doubtful(ret, DOUBT_TYPE);
	return FAULT_NONE;
}

static __attribute__((noinline)) struct answer
test_value(const struct condition *c, const struct subject *subject)
{
	alignas(max_align_t) char room[CONDITION_ROOM] = {0};
	struct arena scratch = {.at = room, .left = sizeof(room)};
	struct answer a = {TRUTH_CANNOT_TELL, DOUBT_NONE, FAULT_NONE};
	struct value value;

	a.fault = condition_look(c, subject, &scratch, &value);
	a.truth = value_test_run(c->test, &value, &a.doubt);
	arena_clear(&scratch);
	return a;
}

struct answer
condition_test(const struct condition *c, const struct subject *subject)
{
	switch (c->kind) {
	case CONDITION_HOST:
		return test_host(c, subject);
	case CONDITION_USER:
	case CONDITION_GROUP:
		return test_requester(c, subject);
	case CONDITION_SOURCE:
		return test_source(c, subject);
	case CONDITION_TIME:
		return test_time(c, subject);
	case CONDITION_QUERY:
	case CONDITION_HEADER:
	case CONDITION_BODY:
	case CONDITION_FORM:
		break;
	}
	return test_value(c, subject);
}
