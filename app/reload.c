/* Whether another configuration can take the place of the one in force. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/reload.h"

#include <string.h>

#include "app/config_load.h"
#include "lib/base/complaint.h"

static bool
text_eq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
same_listeners(const struct config *a, const struct config *b)
{
	if (a->listen_count != b->listen_count)
		return false;
	for (size_t i = 0; i < a->listen_count; i++) {
		if (!address_eq(&a->listen[i], &b->listen[i]))
			return false;
	}
	return true;
}

static bool
same_admin(const struct config *a, const struct config *b)
{
	return a->admin.is_on == b->admin.is_on &&
	       (!a->admin.is_on || address_eq(&a->admin.address, &b->admin.address));
}

static bool
same_store(const struct config *a, const struct config *b)
{
	return a->store.is_on == b->store.is_on && span_eq(a->store.redis, b->store.redis) &&
	       span_eq(a->store.namespace, b->store.namespace) &&
	       span_eq(a->store.username, b->store.username) &&
	       span_eq(a->store.password, b->store.password);
}

static bool
same_keys(const struct config *a, const struct config *b)
{
	const struct config_approvals *x = &a->approvals, *y = &b->approvals;

	if (x->trusted_key_count != y->trusted_key_count ||
	    !text_eq(x->binding_secret, y->binding_secret))
		return false;
	for (size_t i = 0; i < x->trusted_key_count; i++) {
		if (x->trusted_keys[i].role != y->trusted_keys[i].role ||
		    !text_eq(x->trusted_keys[i].path, y->trusted_keys[i].path))
			return false;
	}
	return true;
}

static bool
same_workers(const struct config *a, const struct config *b)
{
	return a->workers == b->workers;
}

static bool
same_log(const struct config *a, const struct config *b)
{
	return a->log_level == b->log_level && a->log_format == b->log_format;
}

static bool
same_state_dir(const struct config *a, const struct config *b)
{
	return text_eq(a->state_dir, b->state_dir);
}

static bool
same_trail(const struct config *a, const struct config *b)
{
	return text_eq(a->audit.file, b->audit.file);
}

/* What the process was started around. */
static const struct {
	const char *key;
	bool (*is_same)(const struct config *a, const struct config *b);
} fixed[] = {
	{"workers", same_workers},     {"log", same_log},         {"listen", same_listeners},
	{"admin.address", same_admin}, {"store", same_store},     {"state_dir", same_state_dir},
	{"approvals", same_keys},      {"audit.file", same_trail},
};

static bool
can_follow(const char *path, const struct config *in_force, const struct config *next,
           struct complaints *why)
{
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		if (!fixed[i].is_same(in_force, next))
			complain_file(why, path, "%s has changed: that takes a restart",
			              fixed[i].key);
	}
	return complaints_errors(why) == 0;
}

struct config *
reload_read(const char *path, const struct config *in_force, struct buf *ret_text,
            struct buf *ret_first)
{
	struct complaints *why = complaints_new();
	struct config *next = config_load(path, why);
	struct span text;

	if (next && !can_follow(path, in_force, next, why))
		config_unref(&next);
	complaints_text(why, ret_text);
	text = buf_span(ret_text);
	buf_add(ret_first, span_of(text.ptr, span_find(text, '\n')));
	complaints_free(why);
	return next;
}
