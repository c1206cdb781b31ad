/* A JSON Schema of the configuration. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/json_schema.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"

enum { TEXT_MAX = 65536, NAME_SIZE = 64 };

static json_t *value_of(json_t *definitions, const struct key *key);

/* "a value test" -> "value_test". */
static void
name_of(const struct schema *s, char ret[NAME_SIZE])
{
	static const char *const articles[] = {"a ", "an ", "the "};
	const char *name = s->name;

	for (size_t i = 0; i < ARRAY_LEN(articles); i++) {
		if (span_starts(span_cstr(s->name), span_cstr(articles[i])))
			name = s->name + strlen(articles[i]);
	}
	snprintf(ret, NAME_SIZE, "%s", name);
	for (char *c = ret; *c; c++) {
		if (!ascii_is_alpha(*c))
			*c = '_';
	}
}

static bool
has_required(const struct schema *s)
{
	for (size_t i = 0; i < s->key_count; i++) {
		if (s->keys[i].is_required)
			return true;
	}
	return false;
}

static json_t *
required_of(const struct schema *s)
{
	json_t *names = json_array();

	for (size_t i = 0; i < s->key_count; i++) {
		if (s->keys[i].is_required)
			json_array_append_new(names, json_string(s->keys[i].name));
	}
	return names;
}

/* Defined once, however often it is referred to, and within itself too. */
static void
define(json_t *definitions, const struct schema *s)
{
	json_t *object, *properties;
	char name[NAME_SIZE];

	name_of(s, name);
	if (json_object_get(definitions, name))
		return;
	object = json_pack("{s:s,s:s,s:b}", "type", "object", "description", s->help ? s->help : "",
	                   "additionalProperties", 0);
	properties = json_object();
	json_object_set_new(definitions, name, object);
	json_object_set_new(object, "properties", properties);
	if (has_required(s))
		json_object_set_new(object, "required", required_of(s));
	for (size_t i = 0; i < s->key_count; i++) {
		if (!s->keys[i].is_later)
			json_object_set_new(properties, s->keys[i].name,
			                    value_of(definitions, &s->keys[i]));
	}
}

static json_t *
reference_to(json_t *definitions, const struct schema *s)
{
	char name[NAME_SIZE];

	define(definitions, s);
	name_of(s, name);
	return json_pack("{s:s+}", "$ref", "#/$defs/", name);
}

static json_t *
integer_of(const struct key *key)
{
	json_t *value = json_pack("{s:s,s:I}", "type", "integer", "minimum",
	                          (json_int_t)key->bounds.least);

	if (key->bounds.most)
		json_object_set_new(value, "maximum", json_integer((json_int_t)key->bounds.most));
	return value;
}

static json_t *
words_of(const struct key *key)
{
	json_t *words = json_array();
	uint64_t number;

	for (const struct word *w = key->words; w->name; w++)
		json_array_append_new(words, json_string(w->name));
	/* Without quotes it is a number for who does not know better. */
	for (const struct word *w = key->words; w->name; w++) {
		if (span_to_u64(span_cstr(w->name), INT64_MAX, &number))
			json_array_append_new(words, json_integer((json_int_t)number));
	}
	return json_pack("{s:o}", "enum", words);
}

/* A fragment as the table has it; '@' stands for the object that the row names. */
static json_t *
fragment_of(json_t *definitions, const struct key *key)
{
	const struct schema *object = key->json_object ? key->json_object : key->object;
	struct buf text = BUF_INIT(TEXT_MAX);
	char name[NAME_SIZE];
	json_t *value;

	for (const char *c = key->json_schema ? key->json_schema : "{}"; *c; c++) {
		if (*c != '@') {
			buf_addc(&text, *c);
			continue;
		}
		define(definitions, object);
		name_of(object, name);
		buf_addf(&text, "{\"$ref\": \"#/$defs/%s\"}", name);
	}
	value = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
	assert(value);
	buf_clear(&text);
	return value;
}

static json_t *
type_of(json_t *definitions, const struct key *key)
{
	switch (key->type) {
	case KEY_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case KEY_INTEGER:
		return integer_of(key);
	case KEY_DURATION:
		return json_pack("{s:s,s:s}", "type", "string", "pattern", "^[0-9]+(ms|s|m|h|d)$");
	case KEY_SIZE:
		return json_pack("{s:[s,s],s:s}", "type", "string", "integer", "pattern",
		                 "^[0-9]+[kmg]?$");
	case KEY_STRING:
		return json_pack("{s:[s,s]}", "type", "string", "number");
	case KEY_WORD:
		return words_of(key);
	case KEY_STRINGS:
		return json_loads(JSON_SCHEMA_TEXTS, JSON_REJECT_DUPLICATES, NULL);
	case KEY_OBJECT:
		return reference_to(definitions, key->object);
	case KEY_OBJECTS:
		return json_pack("{s:s,s:o}", "type", "array", "items",
		                 reference_to(definitions, key->object));
	case KEY_NODE:
	case KEY_CUSTOM:
		break;
	}
	return fragment_of(definitions, key);
}

static json_t *
value_of(json_t *definitions, const struct key *key)
{
	json_t *value = type_of(definitions, key);

	if (key->help)
		json_object_set_new(value, "description", json_string(key->help));
	return value;
}

json_t *
json_schema_of(const struct schema *root, const char *title)
{
	json_t *definitions = json_object(), *all;

	all = json_pack("{s:s,s:s}", "$schema", "https://json-schema.org/draft/2020-12/schema",
	                "title", title);
	json_object_update_new(all, reference_to(definitions, root));
	json_object_set_new(all, "$defs", definitions);
	return all;
}
