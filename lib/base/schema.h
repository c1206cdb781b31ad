/* Tables of the keys an object may have: what validates, fills structs, and documents. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SCHEMA_H
#define BASE_SCHEMA_H

#include "lib/base/arena.h"
#include "lib/base/node_value.h"

/* What a key's value is, and what stands at its offset. */
enum key_type {
	KEY_BOOL,     /* bool */
	KEY_INTEGER,  /* uint64_t */
	KEY_DURATION, /* int64_t, microseconds */
	KEY_SIZE,     /* uint64_t, bytes */
	KEY_STRING,   /* struct span */
	KEY_WORD,     /* int: the value of one of `words` */
	KEY_STRINGS,  /* struct strings; a single string counts as a list of one */
	KEY_OBJECT,   /* a struct in place, of `object` */
	KEY_OBJECTS,  /* struct objects, each of `object` */
	KEY_NODE,     /* const struct node *: whoever asked looks at it himself */
	KEY_CUSTOM,   /* whatever `read` makes of it */
};

struct strings {
	struct span *at;
	size_t count;
};

struct objects {
	void *at; /* array of structs of the schema's size */
	size_t count;
};

struct word {
	const char *name;
	int value;
};

/* What reading needs; `owner` is for custom readers. */
struct reader {
	struct complaints *why;
	struct arena *arena; /* owns all strings and lists that are read */
	void *owner;
};

struct schema;

/* Reads the node into `to`, the struct's address plus the key's offset; complains itself. */
typedef void key_read_fn(struct reader *r, const struct node *n, void *to);

struct key {
	const char *name;
	enum key_type type;
	size_t offset;
	bool is_required;
	bool is_later;        /* in the contract, but not in this release: "not supported yet" */
	struct bounds bounds; /* integers, durations in microseconds, sizes in bytes */
	const char *fallback; /* the default as it would be written; NULL: none */
	const struct word *words; /* KEY_WORD; ends with a NULL name */
	const struct schema *object;
	key_read_fn *read;    /* KEY_CUSTOM */
	const char *form;     /* KEY_CUSTOM: what is expected, in words */
	const char *help;     /* one sentence */
	/* KEY_CUSTOM and KEY_NODE: JSON Schema of the value, for editors.  '@' stands for that
	 * of json_object or, where there is none, of object. */
	const char *json_schema;
	const struct schema *json_object;
};

/* Fragments that many rows have.  A string without quotes may look like a number. */
#define JSON_SCHEMA_TEXT "{\"type\": [\"string\", \"number\"]}"
#define JSON_SCHEMA_ONE_OR_MORE(one) \
	"{\"anyOf\": [" one ", {\"type\": \"array\", \"items\": " one "}]}"
#define JSON_SCHEMA_TEXTS JSON_SCHEMA_ONE_OR_MORE(JSON_SCHEMA_TEXT)
/* A list that may go on in other files. */
#define JSON_SCHEMA_INCLUDING \
	"{\"type\": \"array\", \"items\": {\"anyOf\": [@, {\"type\": \"object\", " \
	"\"properties\": {\"include\": {\"type\": \"string\", \"description\": " \
	"\"Files whose entries stand here: rules.d/*.yaml\"}}, " \
	"\"required\": [\"include\"], \"additionalProperties\": false}]}}"

struct schema {
	const char *name; /* what the object is, in messages: "a site" */
	const char *help;
	const struct key *keys;
	size_t key_count;
	size_t size;      /* of the struct that is filled */
	/* Keys that exist, but not here, and why. */
	const struct key *elsewhere;
	size_t elsewhere_count;
	const char *elsewhere_says;
	/* For objects: looks at the whole once its keys are read; may be NULL. */
	void (*check)(struct reader *r, const struct node *n, void *object);
};

/* Writes every default of the table, nested objects included. */
void schema_defaults(struct reader *r, const struct schema *s, void *object);

/*
 * Writes what the map `n` has and leaves the rest of `object` alone, so that reading a
 * second map on top of a first lets its keys win one by one.  Unknown keys, keys of later
 * releases, wrong types and missing required keys are complained of.
 */
void schema_read(struct reader *r, const struct schema *s, const struct node *n,
                 void *object);

/* One value by its row: for lists and unions that a custom reader takes apart. */
void schema_read_value(struct reader *r, const struct key *key, const struct node *n,
                       void *to);

/* A list of strings, or one string. */
void schema_read_strings(struct reader *r, const struct node *n, struct strings *ret);

const struct key *schema_find(const struct schema *s, struct span name);

#endif
