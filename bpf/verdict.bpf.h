/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one place that knows XDP actions, counters and redirects. A packet that is not passed is ours: it
 * is counted as received, and then as forwarded or under exactly one drop reason.
 */
#ifndef XM_VERDICT_BPF_H
#define XM_VERDICT_BPF_H

#include "bpf/books.bpf.h"
#include "bpf/config.bpf.h"
#include "bpf/tables.bpf.h"

static __always_inline int xm_verdict_pass(struct xm_pkt *p)
{
	struct xm_count *count = xm_pass_count(p->pass_reason);

	if (count)
		xm_count(count, xm_feature(p, XM_FEATURE_FRAGS) ?
					(__u64)bpf_xdp_get_buff_len(p->xdp) :
					xm_offset(p, p->end));
	return XDP_PASS;
}

static __always_inline void xm_verdict_count_rule(__u32 row, __u64 bytes)
{
	struct xm_count *count = bpf_map_lookup_elem(&xm_rule_book, &row);

	if (count)
		xm_count(count, bytes);
}

/* Without a branch a note: the verifier would walk every combination of them. */
static __always_inline void xm_verdict_count_notes(__u32 notes, __u64 bytes)
{
	__u32 row = 0;
	struct xm_note_counts *counts = bpf_map_lookup_elem(&xm_notes, &row);
	struct xm_count *count = (struct xm_count *)counts;

	if (!counts)
		return;
	for (__u32 what = 0; what < XM_NOTE_MAX; what++) {
		__u64 is_set = notes >> what & 1;

		count[what].packets += is_set;
		count[what].bytes += is_set * bytes;
	}
}

#define XM_WAS_TRUNCATED (1U << 31) /* beside the drop reason */

/* Every book of a dropped packet; `rule` is the row of xm_rule_book or XM_NO_ROW. A global function, so that
 * the verifier does not walk it for each reason anew.
 */
__attribute__((noinline, weak)) int xm_verdict_drop(__u32 reason, __u32 from, __u32 rule,
						    __u32 notes, __u32 bytes)
{
	struct xm_source_count *source = bpf_map_lookup_elem(&xm_source_book, &from);
	__u32 was_truncated = reason & XM_WAS_TRUNCATED, row = 0;
	struct xm_totals *totals = bpf_map_lookup_elem(&xm_totals, &row);
	struct xm_count *count;

	reason &= ~XM_WAS_TRUNCATED;
	asm volatile("" : "+r"(reason)); /* the number that is compared and the one that is used are one */
	count = xm_drop_count(reason);
	if (!totals || !count)
		return XDP_ABORTED;
	xm_count(&totals->received, bytes);
	xm_count(count, bytes);
	if (source) {
		xm_count(&source->received, bytes);
		xm_count(&source->dropped, bytes);
		if (was_truncated)
			xm_count(&source->truncated, bytes);
	}
	if (rule != XM_NO_ROW)
		xm_verdict_count_rule(rule, bytes);
	if (notes)
		xm_verdict_count_notes(notes, bytes);
	/* what cannot happen shows in the kernel's xdp:xdp_exception tracepoint too */
	return reason == XM_DROP_INTERNAL ? XDP_ABORTED : XDP_DROP;
}

/* To the tc program: a device must still be there, as for a redirect. */
static __always_inline int xm_verdict_hand_over(const struct xm_pkt *p)
{
	__u32 row = p->next_hop->egress;

	if (p->next_hop->path == XM_PATH_KERNEL || xm_feature(p, XM_FEATURE_ON_PAPER) ||
	    bpf_map_lookup_elem(&xm_egress, &row))
		return XDP_PASS;
	return XDP_ABORTED;
}

/* Hands the frame to its egress; XDP_ABORTED when the devmap has no such device any more. */
static __always_inline int xm_verdict_send(const struct xm_pkt *p)
{
	if (xm_feature(p, XM_FEATURE_COPIES) && p->to_kernel == XM_KERNEL_COPIES)
		return XDP_PASS;
	if (xm_feature(p, XM_FEATURE_OVERSIZE) && p->to_kernel == XM_KERNEL_FRAGMENTS)
		return XDP_PASS;
	if (xm_feature(p, XM_FEATURE_HANDOVER) && p->next_hop->path >= XM_PATH_TC)
		return xm_verdict_hand_over(p);
	if (xm_feature(p, XM_FEATURE_TX) && p->next_hop->path == XM_PATH_TX)
		return XDP_TX;
	return (int)bpf_redirect_map(&xm_egress, p->next_hop->egress, XDP_ABORTED);
}

static __always_inline void xm_verdict_count_collector(const struct xm_pkt *p, __u64 bytes)
{
	__u32 row = p->collector->book;
	struct xm_count *count = bpf_map_lookup_elem(&xm_coll_book, &row);

	if (count)
		xm_count(count, bytes);
}

static __always_inline void xm_verdict_count_sent(const struct xm_pkt *p)
{
	__u32 first = 0, row = p->source; /* a local: a field's address would keep *p on the stack */
	struct xm_totals *totals = bpf_map_lookup_elem(&xm_totals, &first);
	struct xm_source_count *source = bpf_map_lookup_elem(&xm_source_book, &row);
	__u64 bytes = ETH_HLEN + p->inner_len;

	if (totals) {
		xm_count(&totals->received, p->frame_len);
		xm_count(&totals->forwarded, bytes);
	}
	if (source) {
		xm_count(&source->received, p->frame_len);
		xm_count(&source->forwarded, bytes);
		if (XM_UNLIKELY(p->truncated))
			xm_count(&source->truncated, p->frame_len);
	}
	xm_verdict_count_rule(p->rule->book, p->frame_len);
	if (!xm_feature(p, XM_FEATURE_COPIES) || p->to_kernel != XM_KERNEL_COPIES)
		xm_verdict_count_collector(p, bytes);
	if (XM_UNLIKELY(p->notes))
		xm_verdict_count_notes(p->notes, p->frame_len);
}

static __always_inline int xm_verdict(struct xm_pkt *p, enum xm_next next)
{
	if (XM_LIKELY(next == XM_FORWARD)) {
		int action = xm_verdict_send(p);

		if (XM_LIKELY(action != XDP_ABORTED)) {
			xm_verdict_count_sent(p);
			return action;
		}
		xm_drop(p, XM_DROP_EGRESS_MISSING);
	}
	if (next == XM_PASS)
		return xm_verdict_pass(p);
	return xm_verdict_drop(p->reason | (p->truncated ? XM_WAS_TRUNCATED : 0), p->source,
			       p->rule ? p->rule->book : XM_NO_ROW, p->notes, p->frame_len);
}

#endif
