/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 9, collector: rule -> pool -> slot -> collector -> next hop. Each arrow is one word that user
 * space may change in place. The packet is checked here against what the next hop can carry. Where a rule
 * sends to several pools, all that is the tc program's part.
 */
#ifndef XM_SELECT_COLLECTOR_BPF_H
#define XM_SELECT_COLLECTOR_BPF_H

#include "bpf/balance.bpf.h"
#include "bpf/claim_plain.bpf.h"
#include "bpf/tables.bpf.h"

/* Is the packet already where we would send it? Then it is our own output, mirrored: sending it again
 * would be a loop that only its TTL ends. Plain input may well keep its destination.
 */
static __always_inline int xm_is_there(const struct xm_pkt *p)
{
	const __be32 *to = p->collector->addr;
	const __be32 *word;

	if (xm_is_plain(p) || (p->rule->udp_port && bpf_ntohs(p->rule->udp_port) != p->port))
		return 0;
	if (p->inner_family == XM_IPV4)
		return p->ip4->daddr == to[0];
	word = p->ip6->daddr.in6_u.u6_addr32;
	return word[0] == to[0] && word[1] == to[1] && word[2] == to[2] && word[3] == to[3];
}

/* RFC 791 lets a router fragment IPv4; options would have to be looked into, and IPv6 routers must not
 * (RFC 8200 section 5).
 */
static __always_inline enum xm_next xm_oversized(struct xm_pkt *p)
{
	if (!xm_feature(p, XM_FEATURE_OVERSIZE) || !p->next_hop->fragment ||
	    p->inner_family != XM_IPV4 || p->ip4->ihl != 5)
		return xm_drop(p, XM_DROP_EGRESS_OVERSIZE);
	p->to_kernel = XM_KERNEL_FRAGMENTS;
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_stage_select_collector(struct xm_pkt *p)
{
	__u32 pool_row = p->rule->pool, collector_row, next_hop_row;
	const struct xm_pool *pool;

	if (xm_feature(p, XM_FEATURE_COPIES) && (p->rule->flags & XM_RULE_COPIES)) {
		p->to_kernel = XM_KERNEL_COPIES;
		return XM_CONTINUE;
	}
	pool = bpf_map_lookup_elem(&xm_pools, &pool_row);
	if (XM_UNLIKELY(!pool))
		return xm_drop(p, XM_DROP_INTERNAL);
	collector_row = xm_balance(p, pool);
	if (XM_UNLIKELY(collector_row == XM_NO_ROW))
		return xm_drop(p, XM_DROP_NO_COLLECTOR);
	p->collector = bpf_map_lookup_elem(&xm_collectors, &collector_row);
	if (XM_UNLIKELY(!p->collector))
		return xm_drop(p, XM_DROP_INTERNAL);
	if (XM_UNLIKELY(p->collector->family != p->inner_family))
		return xm_drop(p, XM_DROP_FAMILY_MISMATCH);

	if (XM_UNLIKELY(xm_is_there(p)))
		return xm_drop(p, XM_DROP_LOOP);

	next_hop_row = p->collector->next_hop;
	p->next_hop = bpf_map_lookup_elem(&xm_next_hops, &next_hop_row);
	if (XM_UNLIKELY(!p->next_hop))
		return xm_drop(p, XM_DROP_INTERNAL);
	if (XM_UNLIKELY(p->inner_len > p->next_hop->mtu))
		return xm_oversized(p);
	if (xm_feature(p, XM_FEATURE_HANDOVER) && p->next_hop->path == XM_PATH_KERNEL)
		p->to_kernel = XM_KERNEL_ROUTES;
	return XM_CONTINUE;
}

#endif
