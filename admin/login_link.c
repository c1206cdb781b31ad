/* One-time login links. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/login_link.h"

#include <stdlib.h>

#include "lib/base/list.h"
#include "lib/base/memory.h"

struct login_link {
	struct list node; /* newest first */
	struct digest code; /* of the code: the link itself is nowhere here */
	struct digest token;
	struct mono made;
	char approval[APPROVAL_ID_LEN + 1];
};

struct login_links {
	struct list list;
	size_t count;
};

struct login_links *
login_links_new(void)
{
	struct login_links *l = memory_new(sizeof(*l));

	list_init(&l->list);
	return l;
}

static struct login_link *
of_node(struct list *node)
{
	return LIST_ENTRY(node, struct login_link, node);
}

static void
drop(struct login_links *l, struct login_link *link)
{
	list_remove(&link->node);
	l->count--;
	memory_wipe(link, sizeof(*link));
	free(link);
}

void
login_links_free(struct login_links *l)
{
	if (!l)
		return;
	LIST_EACH(&l->list, node)
		drop(l, of_node(node));
	free(l);
}

static bool
is_over(const struct login_link *link, struct mono now)
{
	return now.us - link->made.us >= LOGIN_LINK_LIFE_US;
}

static void
make_room(struct login_links *l, const struct digest *token, struct mono now)
{
	size_t of_token = 0;

	LIST_EACH(&l->list, node) {
		struct login_link *link = of_node(node);
		bool is_theirs = digest_eq(&link->token, token);

		if (is_over(link, now) || (is_theirs && ++of_token >= LOGIN_LINKS_PER_TOKEN))
			drop(l, link);
	}
	if (l->count >= LOGIN_LINKS_MAX)
		drop(l, of_node(l->list.prev));
}

void
login_links_make(struct login_links *l, const struct digest *token, const char *approval,
                 struct mono now, char ret_code[LOGIN_LINK_CODE + 1])
{
	struct login_link *link = memory_new(sizeof(*link));
	struct span id = span_cstr(approval);
	struct digest random;

	make_room(l, token, now);
	random_fill(random.bytes, sizeof(random.bytes));
	digest_hex(&random, ret_code);
	memory_wipe(&random, sizeof(random));
	link->code = digest_of(span_of(ret_code, LOGIN_LINK_CODE));
	link->token = *token;
	link->made = now;
	if (id.len <= APPROVAL_ID_LEN && id.len)
		memcpy(link->approval, id.ptr, id.len);
	list_add_first(&l->list, &link->node);
	l->count++;
}

bool
login_links_take(struct login_links *l, struct span code, struct mono now,
                 struct digest *ret_token, char ret_approval[APPROVAL_ID_LEN + 1])
{
	struct digest digest = digest_of(code);

	LIST_EACH(&l->list, node) {
		struct login_link *link = of_node(node);
		bool is_good = !is_over(link, now);

		if (!digest_eq(&link->code, &digest))
			continue;
		*ret_token = link->token;
		memcpy(ret_approval, link->approval, sizeof(link->approval));
		drop(l, link);
		return is_good;
	}
	return false;
}
