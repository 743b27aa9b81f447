/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one place that knows XDP actions, counters and redirects. A packet that is ours is counted as
 * received when it is claimed, and then either forwarded or under exactly one drop reason.
 */
#ifndef XM_VERDICT_BPF_H
#define XM_VERDICT_BPF_H

#include "bpf/books.bpf.h"
#include "bpf/config.bpf.h"
#include "bpf/tables.bpf.h"

static __always_inline int xm_verdict_pass(struct xm_pkt *p)
{
	struct xm_count *count = xm_pass_count(p->reason);

	if (count)
		xm_count(count, xm_feature(p, XM_FEATURE_FRAGS) ?
					(__u64)bpf_xdp_get_buff_len(p->xdp) :
					xm_offset(p, p->end));
	return XDP_PASS;
}

static __always_inline int xm_verdict_drop(struct xm_pkt *p)
{
	struct xm_count *count = xm_drop_count(p->reason);

	if (count)
		xm_count(count, p->frame_len);
	/* what cannot happen shows in the kernel's xdp:xdp_exception tracepoint too */
	return p->reason == XM_DROP_INTERNAL ? XDP_ABORTED : XDP_DROP;
}

/* Hands the frame to its egress; XDP_ABORTED when the devmap has no such device any more. */
static __always_inline int xm_verdict_send(const struct xm_pkt *p)
{
	if (xm_feature(p, XM_FEATURE_TX) && p->next_hop->path == XM_PATH_TX)
		return XDP_TX;
	return (int)bpf_redirect_map(&xm_egress, p->next_hop->egress, XDP_ABORTED);
}

/* Claimed as ours: called once, before any stage can drop. */
static __always_inline struct xm_totals *xm_verdict_claim(struct xm_pkt *p)
{
	__u32 row = 0;
	struct xm_totals *totals = bpf_map_lookup_elem(&xm_totals, &row);

	if (totals)
		xm_count(&totals->received, p->frame_len);
	return totals;
}

static __always_inline void xm_verdict_count_rule(const struct xm_pkt *p)
{
	__u32 row = p->rule->book;
	struct xm_count *count = bpf_map_lookup_elem(&xm_rule_book, &row);

	if (count)
		xm_count(count, p->frame_len);
}

static __always_inline void xm_verdict_count_collector(const struct xm_pkt *p, __u64 bytes)
{
	__u32 row = p->collector->book;
	struct xm_count *count = bpf_map_lookup_elem(&xm_coll_book, &row);

	if (count)
		xm_count(count, bytes);
}

static __always_inline int xm_verdict(struct xm_pkt *p, struct xm_totals *totals, enum xm_next next)
{
	struct xm_source_count *source = NULL;
	__u32 row = p->source; /* a local: a field's address would keep all of *p on the stack */
	int action = XDP_ABORTED;

	if (row != XM_NO_ROW)
		source = bpf_map_lookup_elem(&xm_source_book, &row);
	if (source)
		xm_count(&source->received, p->frame_len);
	if (p->rule)
		xm_verdict_count_rule(p);

	if (XM_LIKELY(next == XM_FORWARD)) {
		action = xm_verdict_send(p);
		if (XM_UNLIKELY(action == XDP_ABORTED))
			next = xm_drop(p, XM_DROP_EGRESS_MISSING);
	}
	if (XM_LIKELY(next == XM_FORWARD)) {
		__u64 bytes = ETH_HLEN + p->inner_len;

		xm_count(&totals->forwarded, bytes);
		if (source)
			xm_count(&source->forwarded, bytes);
		xm_verdict_count_collector(p, bytes);
		return action;
	}
	if (source)
		xm_count(&source->dropped, p->frame_len);
	return xm_verdict_drop(p);
}

#endif
