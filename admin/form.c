/* Names and values of a form or a query. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/form.h"

#include "lib/base/utf8.h"

static bool
decode(struct span text, struct arena *arena, struct span *ret)
{
	char *to = arena_new(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '%') {
			int high = i + 2 < text.len ? ascii_hex(text.ptr[i + 1]) : -1;
			int low = i + 2 < text.len ? ascii_hex(text.ptr[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		to[len++] = c;
	}
	*ret = span_of(to, len);
	return utf8_is_valid(*ret) && !span_contains(*ret, '\0');
}

static const struct form_field *
find(const struct form *form, struct span name)
{
	for (size_t i = 0; i < form->count; i++) {
		if (span_eq(form->fields[i].name, name))
			return &form->fields[i];
	}
	return NULL;
}

bool
form_read(struct span text, struct arena *arena, struct form *ret)
{
	struct span part, name;

	ret->count = 0;
	while (span_cut(&text, '&', &part)) {
		struct form_field field = {0};
		size_t equals = span_find(part, '=');
		struct span value = span_from(part, equals < part.len ? equals + 1 : equals);

		if (part.len == 0)
			continue;
		name = span_of(part.ptr, equals);
		if (ret->count == FORM_FIELDS_MAX || !decode(name, arena, &field.name) ||
		    !decode(value, arena, &field.value) || find(ret, field.name))
			return false;
		ret->fields[ret->count++] = field;
	}
	return true;
}

struct span
form_value(const struct form *form, struct span name)
{
	const struct form_field *field = find(form, name);

	return field ? field->value : SPAN_NONE;
}

bool
form_has(const struct form *form, struct span name)
{
	return find(form, name) != NULL;
}

static bool
is_among(struct span name, const struct span *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (span_eq(name, names[i]))
			return true;
	}
	return false;
}

bool
form_has_only(const struct form *form, const struct span *names, size_t count)
{
	for (size_t i = 0; i < form->count; i++) {
		if (!is_among(form->fields[i].name, names, count))
			return false;
	}
	return true;
}
