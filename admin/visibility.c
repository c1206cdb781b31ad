/* Who sees an approval, and who may decide on it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/visibility.h"

#include "approvals/quorum.h"

static struct span
text_of(const json_t *value)
{
	if (!json_is_string(value))
		return SPAN_NONE;
	return span_of(json_string_value(value), json_string_length(value));
}

static bool
is_asked(const json_t *approval, const struct person *person)
{
	const json_t *needs = json_object_get(approval, "needs");
	size_t count = json_array_size(needs);

	for (size_t i = 0; i < count; i++) {
		const json_t *group = json_object_get(json_array_get(needs, i), "group");

		if (json_is_string(group) && person_in_group(person, text_of(group)))
			return true;
	}
	return false;
}

static bool
has_decided(const json_t *approval, const struct person *person)
{
	const json_t *decisions = json_object_get(approval, "decisions");

	for (size_t i = 0; i < json_array_size(decisions); i++) {
		const json_t *approver =
			json_object_get(json_array_get(decisions, i), "approver");
		struct span user = text_of(json_object_get(approver, "user"));

		if (user.len && quorum_is_same_person(user, person->user))
			return true;
	}
	return false;
}

bool
person_is_auditor(const struct person *person, const struct span *auditors,
                  size_t auditor_count)
{
	for (size_t i = 0; i < auditor_count; i++) {
		if (person_in_group(person, auditors[i]))
			return true;
	}
	return false;
}

struct visibility
visibility_of(const json_t *approval, const struct person *person,
              const struct span *auditors, size_t auditor_count)
{
	const json_t *requester = json_object_get(approval, "requester");
	struct span user = text_of(json_object_get(requester, "user"));
	struct visibility v = {0};
	bool asked = is_asked(approval, person);

	v.has_asked = user.len && quorum_is_same_person(user, person->user);
	v.may_decide = asked && !v.has_asked;
	v.has_decided = has_decided(approval, person);
	v.may_see = asked || v.has_asked || person_is_auditor(person, auditors, auditor_count);
	return v;
}
