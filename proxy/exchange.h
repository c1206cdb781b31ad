/* One request and its answer, from first byte to last record.  Known inside proxy/ only. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_EXCHANGE_H
#define PROXY_EXCHANGE_H

#include "proxy/clearance.h"
#include "proxy/ending.h"
#include "proxy/exchange_state.h"
#include "proxy/worker.h"

struct exchange;
struct forward_events;
struct gated;
struct inquiry;
struct reply;
struct share;

/* What an exchange tells upwards; one set for all of a worker. */
struct exchange_hooks {
	void (*overdue)(struct exchange *x); /* its state lasts longer than it may */
	void (*lasts)(struct exchange *x);   /* it has been under way for ten seconds */
	/* It ends: a record is due, and whatever hangs on it goes. */
	void (*end)(struct exchange *x, enum ending ending);
};

/* What of its buffers an exchange keeps for the next; larger ones are given back. */
enum { HEAD_KEPT = 2048, OUT_KEPT = 4096, BODY_KEPT = 4096 };

struct exchange {
	struct list node;           /* of the worker's spares, or of those under way */
	struct proxy *proxy;
	struct regime *regime;      /* that it lives under */
	const struct proxy_policy *policy; /* the regime's */
	struct http_call *call;     /* NULL: answered, or the caller is gone */
	struct upstream *upstream;
	struct http_client *client;
	const struct site *site;
	struct timer *timer;
	struct gated *gate;         /* NULL: ungated */
	const struct forward_events *events;
	struct inquiry *inquiry;    /* of a status request; else NULL */
	struct arena arena;
	struct buf out;             /* the head as it goes upstream */
	struct buf head;            /* as received, where the body must be read first: judged again */
	struct buf body;            /* collected, or came before there was a connection */
	struct share *share;        /* of the memory for waiting calls; NULL: none is used */
	uint64_t kept_bytes;        /* counted there and in limits.held_bytes */
	uint64_t collect_max;       /* what the body may have, while it is collected */
	struct span rpc_id;         /* on a site that answers in JSON-RPC; in the arena or `body` */
	struct clearance clearance;
	/* What the trail tells; spans into `out`, the arena or the policy. */
	enum method method;
	struct span host, path, query;
	struct person person;
	const struct address *peer; /* of the call; of ours once the caller is gone */
	const struct rule *rule;
	enum verdict_kind verdict;
	struct wall started_at;
	struct mono started, sent;
	uint64_t body_bytes, answer_bytes;
	const char *word;           /* of the fault or refusal, for the trail */
	int status;
	struct mono due;            /* when the state is overdue */
	enum exchange_state state;
	enum body_kind answer_kind;
	struct framing framing;     /* of the request */
	bool is_judged : 1;         /* `verdict` is what the rules said */
	bool has_request : 1;       /* method, host and path are known */
	bool is_denied : 1;         /* by a verdict: request.denied, not request.refused */
	bool body_is_whole : 1;     /* the request's body has come to its end */
	bool needs_whole : 1;       /* refused when the body cannot be collected */
	bool is_inspected : 1;      /* judged with its whole body, which goes on sized */
	bool call_is_paused : 1;
	bool has_retried : 1;
	bool used_idle : 1;         /* the connection had served before */
	bool was_started : 1;       /* request.started is written */
	bool caller_is_old : 1;     /* HTTP/1.0: no chunked answers */
	bool is_recorded : 1;       /* its last record is written */
	bool is_status : 1;         /* asks for the status resource of an approval */
};

/* The one place where an exchange changes state; its deadline starts. */
void exchange_enter(struct exchange *x, enum exchange_state next);
/* The same with a deadline of its own. */
void exchange_enter_for(struct exchange *x, enum exchange_state next, int64_t us);

/* The clock of the state it is in starts anew. */
void exchange_renew(struct exchange *x);
/* The state may last `us` longer, but no longer than `most_us` from now. */
void exchange_extend(struct exchange *x, int64_t us, int64_t most_us);

/* Ends: tells of it, gives everything back. */
void exchange_finish(struct exchange *x, enum ending ending);

/* Lives under this regime from now on; judged again before anything else happens. */
void exchange_live_under(struct exchange *x, struct regime *r);

/* There is nobody to answer any more, but the exchange goes on. */
void exchange_lose_caller(struct exchange *x);

/* The upstream's connection goes, with a reset: it must not take a request that was cut
 * short for complete. */
void exchange_cut(struct exchange *x);
/* Answers no and ends.  The caller may be gone already. */
void exchange_refuse(struct exchange *x, enum refusal refusal);
void exchange_refuse_with(struct exchange *x, enum refusal refusal, const struct reply *reply);
void exchange_refuse_fault(struct exchange *x, enum fault fault);
/* Tells the caller, and only him: the exchange itself goes on. */
void exchange_answer_ahead(struct exchange *x, enum refusal refusal);

/* Frees what it holds, but not itself. */
void exchange_free_parts(struct exchange *x);

/* New and listed; the call is owned by it.  `call` may be about to fail. */
struct exchange *exchange_new(struct proxy *p, struct http_call *call);

#endif
