/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 8, egress: strips everything outside the inner IP packet, also the padding behind it, and
 * puts the Ethernet header of the next hop in front. Header pointers are dead afterwards.
 */
#ifndef XM_EGRESS_BPF_H
#define XM_EGRESS_BPF_H

#include "bpf/parse_outer.bpf.h"

static __always_inline enum xm_next xm_stage_egress(struct xm_pkt *p)
{
	__u32 inner_end = p->inner_offset + p->inner_len;
	struct xm_ethhdr *eth;

	if (XM_UNLIKELY(xm_packet_shrink(p, p->inner_offset - ETH_HLEN, p->present - inner_end)))
		return xm_drop(p, XM_DROP_INTERNAL);
	eth = p->pos;
	if (XM_UNLIKELY((void *)(eth + 1) > p->end))
		return xm_drop(p, XM_DROP_INTERNAL);
	_Static_assert(offsetof(struct xm_next_hop, src_mac) == ETH_ALEN, "MACs lie as on the wire");
	__builtin_memcpy(eth, p->next_hop, 2 * ETH_ALEN);
	eth->proto = p->inner_family == XM_IPV4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
	return XM_FORWARD;
}

#endif
