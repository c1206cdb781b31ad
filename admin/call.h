/* One request at the admin endpoint, from its head to its answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_CALL_H
#define ADMIN_CALL_H

#include "admin/form.h"
#include "admin/html.h"
#include "admin/login_link.h"
#include "admin/parts.h"
#include "admin/route.h"
#include "admin/session.h"
#include "admin/visibility.h"
#include "lib/base/list.h"
#include "lib/net/http_server.h"

/* The settings that a call came under, alive until its last call is answered. */
struct admin_terms {
	const struct admin_settings *settings;
	size_t users;
};

/* What a call waits for on another thread, and what that thread gives back: it outlives a
 * call whose asker hangs up. */
struct admin_errand {
	struct admin_call *call; /* NULL: nobody waits any more */
};

struct admin {
	const struct admin_settings *settings; /* of `terms` */
	struct admin_terms *terms;
	struct admin_parts parts;
	struct http_server *server;
	struct census *census; /* of its connections */
	struct sessions *sessions;
	struct login_links *links;
	struct list calls;
	struct admin_counts {
		uint64_t answers[6]; /* by the first digit of the status */
		uint64_t approvals, denials, refused_decisions, logins, failed_logins;
	} counts;
	struct failed_burst {
		struct mono since;
		unsigned recorded;
		uint64_t unrecorded;
	} failed;
};

enum problem {
#define PROBLEM(name, status, word, title) PROBLEM_##name,
#include "admin/problems.def"
#undef PROBLEM
	PROBLEM_COUNT
};

enum { CALL_FIELDS_MAX = 6 };

/* Lives until it is answered or its asker hangs up; all spans are into the arena. */
struct admin_call {
	struct list node;
	struct admin *admin;
	struct admin_terms *terms;
	struct http_call *http;
	const struct route *route;  /* NULL until one is found */
	struct arena arena;
	struct buf body;
	struct span host;           /* as it was asked for: lower case, without port */
	struct span path, query;
	struct span id;             /* of the approval in the path */
	struct span if_none_match;
	struct span content_type;
	struct span cookie;         /* of the session; kept only where a session named them */
	struct span source;         /* address of the asker */
	struct person person;
	struct digest token;        /* which named the person */
	const char *cookie_name;
	bool is_head, is_secure, is_from_elsewhere, shows_wrong_token;
	bool wants_page;            /* Accept names text/html: a browser shows it to a person */
	struct own_field own[CALL_FIELDS_MAX];
	size_t own_count;
	struct store_op *op;        /* what it waits for */
	struct admin_errand *errand; /* the same, on another thread; or NULL */
	void *work;                 /* of the handler, in the arena */
	json_t *held;               /* of the handler; may be NULL */
};

/* Answers.  Each ends the call: nothing may be touched afterwards. */
void call_field(struct admin_call *c, const char *name, struct span value);
void call_answer(struct admin_call *c, int status, const char *type, struct span body);
/* Takes the reference over. */
void call_answer_json(struct admin_call *c, int status, json_t *body);
/* As problem+json, or as a page; `detail` is a sentence for people, or "". */
void call_problem(struct admin_call *c, enum problem problem, const char *detail);
/* With a member more: the state that an approval is in. */
void call_problem_state(struct admin_call *c, enum problem problem, const char *detail,
                        const char *state);
void call_fault(struct admin_call *c, enum fault fault);
/* 303, to a path of ours. */
void call_redirect(struct admin_call *c, struct span path);

/* Asks for the query as a form; false: it was answered. */
MUST_CHECK bool call_read_query(struct admin_call *c, struct form *ret);
MUST_CHECK bool call_read_form(struct admin_call *c, struct form *ret);
/* The body as one JSON object with no members but these; NULL: it was answered.  The
 * caller drops the reference. */
MUST_CHECK json_t *call_read_json(struct admin_call *c, const char *const *members,
                                  size_t count);

/* Counted by calls and by the endpoint itself; the last one releases the settings. */
struct admin_terms *admin_terms_new(const struct admin_settings *settings);
void admin_terms_unref(struct admin_terms **terms);

/* For who owns the calls alone: frees it without an answer. */
void call_free(struct admin_call *c);

/* NULL: the person came without one, or it ended meanwhile. */
struct session *call_session(struct admin_call *c);
struct visibility call_visibility(const struct admin_call *c, const json_t *approval);

#endif
