/* A second opinion on JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/json_again.h"

#include <jansson.h>

#include "lib/base/buf.h"
#include "lib/base/json_scan.h"

enum { POINTERS_MAX = 48 };

static const char *const usual[] = {"/a", "/A", "/a/b", "/A/B", "/0", "/a/0/b", "/", "//",
                                    "/a~1b", "/s", "/k/01",
                                    "/a/99999999999999999999"};

/* Without case, by the letter of pointer_set.h; as long as `text`, or shorter. */
static struct span
fold(struct span text, char *to)
{
	size_t len = 0;

	while (text.len) {
		size_t step = 1;

		to[len] = ascii_lower(text.ptr[0]);
		if (text.len >= 2 && memcmp(text.ptr, "\u017f", 2) == 0) {
			to[len] = 's';
			step = 2;
		} else if (text.len >= 3 && memcmp(text.ptr, "\u212a", 3) == 0) {
			to[len] = 'k';
			step = 3;
		}
		len++;
		text = span_from(text, step);
	}
	return span_of(to, len);
}

static bool
is_alike(struct span a, struct span b)
{
	char *one = malloc(a.len + 1), *other = malloc(b.len + 1);
	bool is;

	if (!one || !other)
		abort();
	is = span_eq(fold(a, one), fold(b, other));
	free(one);
	free(other);
	return is;
}

static size_t
unescape(struct span part, char *to)
{
	size_t len = 0;

	for (size_t i = 0; i < part.len; i++) {
		to[len] = part.ptr[i];
		if (part.ptr[i] == '~')
			to[len] = part.ptr[++i] == '0' ? '~' : '/';
		len++;
	}
	return len;
}

/* The member of that name, `ret_alike` of them without regard to case. */
static json_t *
member(json_t *object, struct span part, size_t *ret_alike, bool *is_doubtful)
{
	json_t *value, *found = NULL;
	const char *key;
	size_t key_len;

	*ret_alike = 0;
	json_object_keylen_foreach(object, key, key_len, value) {
		if (!is_alike(span_of(key, key_len), part))
			continue;
		found = value;
		*is_doubtful |= !span_eq(span_of(key, key_len), part);
		++*ret_alike;
	}
	return found;
}

/* `ret` is past the end of every array where the index is larger than can be. */
static bool
read_index(struct span part, uint64_t *ret)
{
	char text[POINTER_PART_MAX + 1];
	size_t digits;

	if (part.len == 0 || (part.ptr[0] == '0' && part.len > 1))
		return false;
	memcpy(text, part.ptr, part.len);
	text[part.len] = '\0';
	digits = strspn(text, "0123456789");
	*ret = strtoull(text, NULL, 10);
	return digits == part.len;
}

static enum json_found
step(json_t **at, struct span part, bool *is_doubtful)
{
	uint64_t index;
	size_t alike = 1;

	if (json_is_object(*at)) {
		*at = member(*at, part, &alike, is_doubtful);
		if (alike > 1)
			return JSON_CONFLICT;
	} else if (json_is_array(*at) && read_index(part, &index)) {
		*at = json_array_get(*at, index);
	} else {
		return JSON_DOUBTFUL;
	}
	if (*at)
		return JSON_FOUND;
	return *is_doubtful ? JSON_DOUBTFUL : JSON_ABSENT;
}

static enum json_found
walk(json_t *root, struct span pointer, json_t **ret)
{
	struct span rest = span_from(pointer, 1), raw;
	bool is_doubtful = false;
	enum json_found found;
	char part[256];

	*ret = root;
	while (span_cut(&rest, '/', &raw)) {
		found = step(ret, span_of(part, unescape(raw, part)), &is_doubtful);
		if (found != JSON_FOUND)
			return found;
	}
	return is_doubtful ? JSON_DOUBTFUL : JSON_FOUND;
}

static bool
is_kind(const json_t *value, enum json_kind kind)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return kind == JSON_OBJECT_VALUE;
	case JSON_ARRAY:
		return kind == JSON_ARRAY_VALUE;
	case JSON_STRING:
		return kind == JSON_STRING_VALUE;
	case JSON_INTEGER:
	case JSON_REAL:
		return kind == JSON_NUMBER_VALUE;
	case JSON_TRUE:
		return kind == JSON_TRUE_VALUE;
	case JSON_FALSE:
		return kind == JSON_FALSE_VALUE;
	default:
		return kind == JSON_NULL_VALUE;
	}
}

static json_t *
load(struct span text, json_error_t *ret)
{
	size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL;

	return json_loadb(text.ptr, text.len, flags, ret);
}

/* Read alone, a value's bytes are that value. */
static const char *
check_value(const struct json_fact *fact, const json_t *value)
{
	struct arena arena = {0};
	json_error_t error;
	json_t *again;
	const char *why = NULL;

	if (!is_kind(value, fact->kind))
		return "a value is of another kind";
	if (json_scan(fact->raw, NULL, NULL, &arena))
		return "a value's bytes are no document";
	arena_clear(&arena);
	again = load(fact->raw, &error);
	if (!json_equal(again, value))
		why = "a value's bytes are another value";
	json_decref(again);
	if (json_is_string(value) &&
	    !span_eq(fact->text, span_of(json_string_value(value), json_string_length(value))))
		why = "a string is unescaped to something else";
	return why;
}

static const char *
check_facts(struct span document, const struct pointer_set *set, json_t *root)
{
	struct json_fact facts[POINTERS_MAX];
	struct arena arena = {0};
	const char *why = NULL;
	json_t *value;

	if (json_scan(document, set, facts, &arena))
		return "a document is refused when pointers are looked for";
	for (size_t i = 0; i < pointer_set_count(set) && !why; i++) {
		if (walk(root, pointer_set_text(set, i), &value) != facts[i].found)
			why = "what was found at a pointer differs";
		else if (facts[i].found == JSON_FOUND)
			why = check_value(&facts[i], value);
	}
	arena_clear(&arena);
	return why;
}

static void
add_pointer(struct pointer_set *set, struct span pointer)
{
	size_t index;

	if (pointer_set_count(set) < POINTERS_MAX)
		(void)!pointer_set_add(set, pointer, &index);
}

/* The pointer as it is, and with the case of its last letter turned. */
static void
add_variants(struct pointer_set *set, const struct buf *pointer)
{
	char *last = pointer->ptr + pointer->len - 1;

	add_pointer(set, buf_span(pointer));
	if (!ascii_is_alpha(*last))
		return;
	*last ^= 0x20;
	add_pointer(set, buf_span(pointer));
	*last ^= 0x20;
}

static void add_pointers(struct pointer_set *set, json_t *value, struct buf *pointer);

static void
add_child(struct pointer_set *set, json_t *value, struct span name, struct buf *pointer)
{
	size_t len = pointer->len;

	buf_addc(pointer, '/');
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '~' || name.ptr[i] == '/')
			buf_add(pointer, name.ptr[i] == '~' ? SPAN("~0") : SPAN("~1"));
		else
			buf_addc(pointer, name.ptr[i]);
	}
	add_variants(set, pointer);
	add_pointers(set, value, pointer);
	pointer->len = len;
}

/* Of everything below `value`. */
static void
add_pointers(struct pointer_set *set, json_t *value, struct buf *pointer)
{
	const char *key;
	size_t key_len, index;
	json_t *child;

	if (pointer_set_count(set) == POINTERS_MAX)
		return;
	json_object_keylen_foreach(value, key, key_len, child)
		add_child(set, child, span_of(key, key_len), pointer);
	json_array_foreach(value, index, child) {
		char digits[24];
		int len = snprintf(digits, sizeof(digits), "%zu", index);

		add_child(set, child, span_of(digits, (size_t)len), pointer);
	}
}

static const char *
check_accepted(struct span document)
{
	struct pointer_set *set;
	struct buf pointer = BUF_INIT(1 << 21);
	const char *why = NULL;
	json_error_t error;
	json_t *root = load(document, &error);

	if (!root)
		return json_error_code(&error) == json_error_numeric_overflow
		               ? NULL : "jansson refuses what is accepted";
	set = pointer_set_new();
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		add_pointer(set, span_cstr(usual[i]));
	add_pointers(set, root, &pointer);
	why = check_facts(document, set, root);
	buf_clear(&pointer);
	pointer_set_free(set);
	json_decref(root);
	return why;
}

static bool
is_limit(enum json_flaw flaw)
{
	return flaw == JSON_FLAW_DEPTH || flaw == JSON_FLAW_NODES || flaw == JSON_FLAW_NUMBER;
}

const char *
json_again(struct span document)
{
	struct arena arena = {0};
	json_error_t error;
	enum json_flaw flaw = json_scan(document, NULL, NULL, &arena);
	size_t at;
	json_t *root;

	arena_clear(&arena);
	if (json_check(document, &at) != flaw || at > document.len)
		return "json_check differs from json_scan";
	if (!flaw)
		return check_accepted(document);
	/* jansson loses a NUL behind a number. */
	if (is_limit(flaw) || span_contains(document, '\0'))
		return NULL;
	root = load(document, &error);
	json_decref(root);
	return root ? "jansson takes what is refused" : NULL;
}
