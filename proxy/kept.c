/* Head and body of a call that waits here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/kept.h"

#include "proxy/share.h"

/* What one requester may hold of limits.held_bytes: an eighth, so that it takes several to
 * fill it, but always one call of the largest size. */
enum { SHARES_OF_ALL = 8 };

static uint64_t
share_max(const struct exchange *x)
{
	const struct limits *site = &x->site->limits;
	uint64_t call = site->head_max, part = x->policy->limits->held_bytes / SHARES_OF_ALL;

	call += site->held_body_max > site->inspected_body_max ? site->held_body_max
	                                                       : site->inspected_body_max;
	return part > call ? part : call;
}

static struct share *
join(struct exchange *x)
{
	bool is_named = person_is_named(&x->person);

	return share_join(x->proxy->shared->shares,
	                  is_named ? x->person.user : address_host(x->peer), is_named);
}

static enum refusal
count(struct exchange *x, uint64_t bytes)
{
	uint64_t all = bytes + atomic_fetch_add_explicit(&x->proxy->shared->held_bytes, bytes,
	                                                 memory_order_relaxed);
	uint64_t own = share_add(x->share, bytes);

	x->kept_bytes += bytes;
	if (own > share_max(x))
		return REFUSAL_TOO_MUCH_HELD_YOURS;
	return all > x->policy->limits->held_bytes ? REFUSAL_TOO_MUCH_HELD : REFUSAL_NONE;
}

enum refusal
kept_begin(struct exchange *x, const struct head *head, struct span body)
{
	enum refusal refusal;

	x->share = join(x);
	refusal = count(x, head->len + body.len);
	if (refusal != REFUSAL_NONE)
		return refusal;
	x->head.max = head->len; /* no byte more: who waits should cost little */
	buf_add(&x->head, span_of(head->base, head->len));
	x->body.max = x->framing.kind == BODY_SIZED ? x->framing.length : SIZE_MAX / 4;
	if (body.len)
		buf_add(&x->body, body);
	return REFUSAL_NONE;
}

enum refusal
kept_add(struct exchange *x, struct span body)
{
	enum refusal refusal = count(x, body.len);

	if (refusal == REFUSAL_NONE)
		buf_add(&x->body, body);
	return refusal;
}

bool
kept_read_head(struct exchange *x)
{
	struct proxy *p = x->proxy;
	struct head_limits limits = limits_of_head(x->policy->limits);
	enum fault fault = FAULT_NONE;

	limits.may_be_utf8 = true;
	head_reset(&p->head, HEAD_REQUEST);
	return head_read(&p->head, buf_span(&x->head), &limits, &fault) == PROGRESS_DONE;
}

void
kept_let_go(struct exchange *x)
{
	if (x->body.cap > BODY_KEPT)
		buf_clear(&x->body);
	buf_reset(&x->body);
	if (!x->share)
		return;
	atomic_fetch_sub_explicit(&x->proxy->shared->held_bytes, x->kept_bytes,
	                          memory_order_relaxed);
	share_leave(x->proxy->shared->shares, &x->share, x->kept_bytes);
	x->kept_bytes = 0;
}
