/* One request and its answer, from first byte to last record.  Known inside proxy/ only. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_EXCHANGE_H
#define PROXY_EXCHANGE_H

#include "lib/base/list.h"
#include "proxy/clearance.h"
#include "proxy/prefer.h"
#include "proxy/proxy.h"
#include "proxy/refusal.h"
#include "proxy/site.h"
#include "proxy/upstream.h"

struct regime;

enum exchange_state {
	EXCHANGE_READING,    /* a body comes in that rules look into, or that people are asked about */
	EXCHANGE_JUDGING,    /* the rules, and for a gated call the store, are asked */
	EXCHANGE_WAITING,    /* people are: the hold */
	EXCHANGE_CONNECTING, /* cleared (or granted, if gated); a connection is being made */
	EXCHANGE_CLAIMING,   /* the claim is taken, then the intent made durable */
	EXCHANGE_FORWARDING, /* sent, or being sent; the head of the answer is awaited */
	EXCHANGE_COMPLETING, /* gated: the outcome is made durable before the caller sees it */
	EXCHANGE_RELAYING,   /* the answer is on its way to the caller */
	EXCHANGE_DONE,
	EXCHANGE_STATES
};

/* How an exchange came to its end, for its record. */
enum ending {
	ENDING_WHOLE,         /* the answer was handed over to its last byte */
	ENDING_REFUSED,       /* by us, before anything was sent */
	ENDING_CALLER_GONE,
	ENDING_UPSTREAM_BROKE,
	ENDING_CUT_BY_FAULT,  /* the caller's body turned out not to be one */
	ENDING_LATE,          /* a deadline of ours */
	ENDING_PROCESS_ENDED, /* we did, before the exchange */
	ENDING_COUNT
};

struct exchange;
struct reply;
struct share;

/* What an exchange tells upwards; one set for all of a worker. */
struct exchange_hooks {
	void (*overdue)(struct exchange *x); /* its state lasts longer than it may */
	void (*release)(struct exchange *x); /* it ends: whatever hangs on it goes */
};

/* What forwarding tells of a gated call; NULL for those that pass. */
struct forward_events {
	void (*connected)(struct exchange *x);
	void (*answered)(struct exchange *x);  /* the answer is kept: record, then relay */
	void (*failed)(struct exchange *x, enum refusal refusal);
	void (*unknown)(struct exchange *x, enum refusal refusal); /* sent, no usable answer */
	void (*ended)(struct exchange *x, enum ending ending);
};

typedef void answer_fn(struct exchange *x, const struct asked *asked);

/* What a gated call needs beyond others; made when a rule asks for approval. */
struct gate {
	struct exchange *exchange;
	struct list asking;     /* its turn to ask the store has not come */
	answer_fn *on_answer;
	void (*ask_again)(struct exchange *x); /* the claim was refused */
	struct buf answer;      /* its head, while the outcome is made durable */
	struct buf answer_body; /* what came with it */
	/* Of the requirement, which each look at the rules gives anew. */
	int64_t hold_for_us;
	uint64_t uses;
	int pending_status;
	struct digest binding, effect, body_digest;
	uint64_t regime;        /* the number of the latest one it was judged under */
	struct prefer prefer;
	struct approval_view view;  /* as last told; its spans and detail are not kept */
	char secret[APPROVAL_ID_LEN + 1];
	char claim[CLAIM_ID_LEN + 1];
	char waiter[CLAIM_ID_LEN + 1];
	struct span title;          /* in the exchange's arena */
	struct store_op *question;  /* store_ask() under way */
	struct store_op *claiming;  /* store_claim() under way */
	struct store_watch *watch;
	struct mono held_since, hold_until;
	bool rejects : 1;
	bool keeps_on_disconnect : 1;
	bool has_bound : 1;
	bool is_waiting : 1;        /* was told PENDING and stays */
	bool has_looked_twice : 1;
	bool has_reserve : 1;       /* audit_reserve() */
	bool has_claim : 1;
	bool answer_is_last : 1;
	bool is_recording : 1;      /* a durable record is on its way, and will call back */
	bool is_woken : 1;          /* while the store was being asked */
	enum refusal pending_refusal; /* said when the record of an unknown outcome is through */
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
	struct gate *gate;          /* NULL: ungated */
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

/* Ends: writes the record of an ungated exchange, gives everything back. */
void exchange_finish(struct exchange *x, enum ending ending);

/* Lives under this regime from now on; judged again before anything else happens. */
void exchange_live_under(struct exchange *x, struct regime *r);

/* There is nobody to answer any more, but the exchange goes on. */
void exchange_lose_caller(struct exchange *x);

/* The upstream's connection goes, with a reset: it must not take a request that was cut
 * short for complete. */
void exchange_cut(struct exchange *x);
/* Remembers what the store told of a gated call; nothing borrowed is kept. */
void exchange_keep_view(struct exchange *x, const struct approval_view *view);

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
