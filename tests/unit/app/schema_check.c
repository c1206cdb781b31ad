/* The part of JSON Schema that json_schema.c writes, and no more: for tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/app/schema_check.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *
scalar_value(const struct node *n)
{
	char text[400];
	char *end;
	double number;

	if (n->is_quoted || n->text.len >= sizeof(text))
		return json_stringn(n->text.ptr, n->text.len);
	if (node_is_nothing(n))
		return json_null();
	if (span_eq(n->text, SPAN("true")) || span_eq(n->text, SPAN("false")))
		return json_boolean(n->text.len == 4);
	memcpy(text, n->text.ptr, n->text.len);
	text[n->text.len] = '\0';
	number = strtod(text, &end);
	if (*end || !strchr("-0123456789", text[0]))
		return json_string(text);
	return strchr(text, '.') ? json_real(number) : json_integer((json_int_t)number);
}

json_t *
schema_value(const struct node *n)
{
	json_t *value = n->kind == NODE_LIST ? json_array() : json_object();

	if (n->kind == NODE_SCALAR) {
		json_decref(value);
		return scalar_value(n);
	}
	NODE_EACH (n, child) {
		if (n->kind == NODE_LIST)
			json_array_append_new(value, schema_value(child));
		else
			json_object_setn_new(value, child->key.ptr, child->key.len,
			                     schema_value(child));
	}
	return value;
}

static bool
is_of_type(const char *type, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return strcmp(type, "object") == 0;
	case JSON_ARRAY:
		return strcmp(type, "array") == 0;
	case JSON_STRING:
		return strcmp(type, "string") == 0;
	case JSON_INTEGER:
		return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
	case JSON_REAL:
		return strcmp(type, "number") == 0;
	case JSON_TRUE:
	case JSON_FALSE:
		return strcmp(type, "boolean") == 0;
	case JSON_NULL:
		return false;
	}
	return false;
}

static bool
allows_type(const json_t *types, const json_t *value)
{
	const json_t *type;
	size_t i;

	if (json_is_string(types))
		return is_of_type(json_string_value(types), value);
	json_array_foreach (types, i, type) {
		if (is_of_type(json_string_value(type), value))
			return true;
	}
	return false;
}

static bool
allows_pattern(const json_t *pattern, const json_t *value)
{
	regex_t compiled;
	bool is_match;

	if (!json_is_string(value))
		return true;
	assert_int_equal(regcomp(&compiled, json_string_value(pattern), REG_EXTENDED | REG_NOSUB),
	                 0);
	is_match = regexec(&compiled, json_string_value(value), 0, NULL, 0) == 0;
	regfree(&compiled);
	return is_match;
}

static bool
allows_enum(const json_t *list, const json_t *value)
{
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		if (json_equal(one, value))
			return true;
	}
	return false;
}

static bool
allows_any(const json_t *root, const json_t *list, const json_t *value)
{
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		if (schema_allows(root, one, value))
			return true;
	}
	return false;
}

static bool
allows_items(const json_t *root, const json_t *items, const json_t *value)
{
	const json_t *item;
	size_t i;

	json_array_foreach (value, i, item) {
		if (!schema_allows(root, items, item))
			return false;
	}
	return true;
}

static bool
allows_required(const json_t *names, const json_t *value)
{
	const json_t *name;
	size_t i;

	json_array_foreach (names, i, name) {
		if (json_is_object(value) && !json_object_get(value, json_string_value(name)))
			return false;
	}
	return true;
}

static bool
allows_members(const json_t *root, const json_t *schema, const json_t *value)
{
	const json_t *properties = json_object_get(schema, "properties");
	const json_t *more = json_object_get(schema, "additionalProperties");
	const char *key;
	json_t *member;

	json_object_foreach ((json_t *)(uintptr_t)value, key, member) {
		const json_t *own = json_object_get(properties, key);

		if (!own && json_is_false(more))
			return false;
		if (!own)
			own = more;
		if (own && !schema_allows(root, own, member))
			return false;
	}
	return true;
}

static bool
allows_bounds(const char *keyword, const json_t *bound, const json_t *value)
{
	if (!json_is_number(value))
		return true;
	return strcmp(keyword, "minimum") == 0
	               ? json_number_value(value) >= json_number_value(bound)
	               : json_number_value(value) <= json_number_value(bound);
}

static bool
allows_reference(const json_t *root, const char *path, const json_t *value)
{
	const json_t *definition;

	assert_memory_equal(path, "#/$defs/", 8);
	definition = json_object_get(json_object_get(root, "$defs"), path + 8);
	assert_non_null(definition);
	return schema_allows(root, definition, value);
}

bool
schema_allows(const json_t *root, const json_t *schema, const json_t *value)
{
	const char *keyword;
	json_t *argument;
	bool allows = true;

	json_object_foreach ((json_t *)(uintptr_t)schema, keyword, argument) {
		if (strcmp(keyword, "type") == 0)
			allows &= allows_type(argument, value);
		else if (strcmp(keyword, "pattern") == 0)
			allows &= allows_pattern(argument, value);
		else if (strcmp(keyword, "enum") == 0)
			allows &= allows_enum(argument, value);
		else if (strcmp(keyword, "anyOf") == 0)
			allows &= allows_any(root, argument, value);
		else if (strcmp(keyword, "items") == 0)
			allows &= allows_items(root, argument, value);
		else if (strcmp(keyword, "required") == 0)
			allows &= allows_required(argument, value);
		else if (strcmp(keyword, "additionalProperties") == 0)
			allows &= allows_members(root, schema, value);
		else if (strcmp(keyword, "minimum") == 0 || strcmp(keyword, "maximum") == 0)
			allows &= allows_bounds(keyword, argument, value);
		else if (strcmp(keyword, "$ref") == 0)
			allows &= allows_reference(root, json_string_value(argument), value);
		else if (strcmp(keyword, "properties") && strcmp(keyword, "description") &&
		         strcmp(keyword, "$schema") && strcmp(keyword, "title") &&
		         strcmp(keyword, "$defs"))
			fail_msg("the schema has a keyword %s", keyword);
	}
	return allows;
}
