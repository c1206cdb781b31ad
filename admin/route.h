/* Which handler answers which request: one table, read from top to bottom. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_ROUTE_H
#define ADMIN_ROUTE_H

#include "lib/base/buf.h"
#include "lib/http/request.h"

struct admin_call;
/* Runs when the request is complete, its asker known and admitted. */
typedef void route_fn(struct admin_call *c);

enum route_role {
	ROLE_ANYONE,
	ROLE_LOCAL,  /* anyone where it listens locally only, else a named person */
	ROLE_NAMED,  /* a token, or a session */
	ROLE_TOKEN,  /* a token alone: what a session must not be able to do */
};

/* How it says no, and whether a browser is led to the login page. */
enum route_face { FACE_API, FACE_PAGE };

enum route_takes { TAKES_NOTHING, TAKES_JSON, TAKES_FORM };

struct route {
	enum method method; /* a route for GET answers HEAD too */
	const char *path;   /* "{id}" stands for the id of an approval */
	enum route_role role;
	enum route_face face;
	enum route_takes takes;
	route_fn *run;      /* NULL: known, but not supported yet */
};

struct route_found {
	const struct route *route; /* NULL: no such path, or none with that method */
	struct span id;            /* into the path */
	unsigned methods;          /* bit per method the path takes; 0: no such path */
};

struct route_found route_find(const struct route *routes, size_t count, enum method method,
                              struct span path);

/* "GET, HEAD, POST", for Allow. */
void route_allow(unsigned methods, struct buf *to);

/* 26 characters of Crockford's alphabet in upper case. */
bool route_is_id(struct span text);

#endif
