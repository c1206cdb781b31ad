/* A request that is not sent: what would become of it under a configuration. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_TRIAL_H
#define APP_TRIAL_H

#include "app/config.h"
#include "approvals/binding.h"
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
	bool guesses_type;          /* a body that looks like JSON is JSON, unless a field says so */
	bool lacks_body;            /* there was one, and nobody knows what it said */
	struct person requester;    /* nobody: whom the fields name */
	struct source source;
	struct wall now;
};

enum trial_outcome {
	TRIAL_ALLOWED,
	TRIAL_DENIED,  /* by a rule, or because none allows */
	TRIAL_WAITS,   /* for people */
	TRIAL_REFUSED, /* for another reason: `status` and `word` */
	TRIAL_STATUS,  /* asks how an approval stands; rules are not asked */
	TRIAL_OUTCOMES,
};

/* What would have been, but for `observe: true` of a rule or the site. */
struct trial_would {
	enum verdict_kind kind;  /* VERDICT_ALLOW: nothing else */
	const struct rule *rule; /* may be NULL */
	const char *word;        /* the problem's name; NULL: none */
};

/* What came of it.  It borrows the request and the configuration. */
struct trial {
	enum trial_outcome outcome;
	int status;              /* what the caller gets; 0: the upstream's answer */
	const char *word;        /* the problem's name; NULL: none */
	const char *sentence;    /* for people; or NULL */
	const struct site *site; /* NULL: none was found */
	bool is_judged;          /* `verdict` is set */
	const struct rule *rule; /* which is named in the record; NULL: none */
	struct trial_would would;
	bool lacks_body;         /* there is no verdict without the body, which is not known */
	struct verdict verdict;
	struct span body;        /* as far as the request says it goes */
	struct person requester;
	struct identified who;   /* by fields of the request */
	struct request request;
	struct subject subject;
	struct bound bound;      /* of a call that waits: what people would sign */
	/* Private. */
	const struct config *config;
	struct arena arena;
	struct buf bytes;
	struct head head;
	struct body_facts body_facts;
};

/* The same readers, canonical request and judge as a request on the wire has. */
void trial_run(struct trial *t, const struct config *config, const struct trial_request *r);
void trial_clear(struct trial *t);

/* The head as it would arrive, with Host and framing where the fields do not tell them. */
void trial_write_head(struct buf *to, const struct config *config,
                      const struct trial_request *r);

const char *trial_outcome_name(enum trial_outcome outcome);

#endif
