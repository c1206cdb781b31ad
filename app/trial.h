/* A request that is not sent: what would become of it under a configuration. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_TRIAL_H
#define APP_TRIAL_H

#include "app/config.h"
#include "rules/body.h"

struct trial_field {
	struct span name, value;
};

/* What somebody asks about; all borrowed. */
struct trial_request {
	struct span method;
	struct span url;            /* "https://host/path?query", or from the path on */
	struct span host;           /* instead of the URL's; empty: the first site's own, or localhost */
	const struct trial_field *fields;
	size_t field_count;
	struct span body;
	bool has_body;
	bool lacks_body;            /* there was one, and nobody knows what it said */
	struct person requester;
	struct source source;
	struct wall now;
};

enum trial_outcome {
	TRIAL_ALLOWED,
	TRIAL_DENIED,  /* by a rule, or because none allows */
	TRIAL_WAITS,   /* for people */
	TRIAL_REFUSED, /* for another reason: `status` and `word` */
};

/* What came of it.  It borrows the request and the configuration. */
struct trial {
	enum trial_outcome outcome;
	int status;              /* what the caller gets; 0: the upstream's answer */
	const char *word;        /* the problem's name; NULL: none */
	const char *sentence;    /* of a fault, for people; or NULL */
	const struct site *site; /* NULL: none was found */
	bool is_judged;          /* `verdict` is set */
	bool lacks_body;         /* there is no verdict without the body, which is not known */
	struct verdict verdict;
	struct request request;
	struct subject subject;
	/* Private. */
	struct arena arena;
	struct buf bytes;
	struct head head;
	struct body_facts body;
};

/* The same readers, canonical request and judge as a request on the wire has. */
void trial_run(struct trial *t, const struct config *config, const struct trial_request *r);
void trial_clear(struct trial *t);

const char *trial_outcome_name(enum trial_outcome outcome);

#endif
