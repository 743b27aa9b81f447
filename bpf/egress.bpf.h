/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 12, egress: strips what is left outside the inner IP packet (tags, padding behind it), and puts
 * the Ethernet header of the next hop in front; for the kernel, one that names ourselves, and for the tc
 * program the handover that stands in the next hop's row (struct xm_handover). Header pointers are dead
 * afterwards.
 */
#ifndef XM_EGRESS_BPF_H
#define XM_EGRESS_BPF_H

#include "bpf/config.bpf.h"

/* A packet that the kernel fragments. Where the tc program is there anyway, it marks it, so that its fate is
 * known and the kernel's answers are stopped; path: kernel has its mark already.
 */
static __always_inline void xm_address_to_kernel(struct xm_pkt *p, struct xm_ethhdr *eth)
{
	struct xm_handover *handover = (void *)eth;

	if (!xm_feature(p, XM_FEATURE_HANDOVER) || p->next_hop->path < XM_PATH_TC) {
		__builtin_memcpy(eth->dst, p->cfg->ingress_mac, ETH_ALEN);
	} else if (p->next_hop->path == XM_PATH_TC) {
		handover->how = XM_HANDOVER_ROUTE;
		handover->value[0] = bpf_htons(XM_FRAGMENT_MARK >> 16);
		handover->value[1] = bpf_htons(XM_FRAGMENT_MARK & 0xffff);
	}
}

/* From the IP header to the transport's, in words of 4 bytes. */
static __always_inline __u32 xm_transport_words(const struct xm_pkt *p)
{
	if (p->rare)
		return (p->l4_offset - p->inner_offset) / 4 & XM_COPY_WORDS;
	return p->inner_family == XM_IPV4 ? 5 : 10;
}

/* To bpf/copies.bpf.c. */
static __always_inline void xm_address_to_copies(struct xm_pkt *p, struct xm_ethhdr *eth)
{
	struct xm_handover *handover = (void *)eth;
	__u32 rule = p->rule->book;

	if (xm_feature(p, XM_FEATURE_PLAIN) && p->way == XM_WAY_PLAIN)
		rule |= XM_COPY_PLAIN;
	__builtin_memcpy(handover->secret, p->cfg->secret, ETH_ALEN);
	handover->local = 2;
	handover->how = XM_HANDOVER_COPIES;
	handover->value[0] = bpf_htons((__u16)rule);
	handover->value[1] = bpf_htons((__u16)(xm_transport_words(p) |
					       (__u32)p->transport << XM_COPY_TRANSPORT_SHIFT));
}

static __always_inline enum xm_next xm_stage_egress(struct xm_pkt *p)
{
	__u32 inner_end = p->inner_offset + p->inner_len;
	__u32 tags = p->inner_offset - ETH_HLEN;
	struct xm_ethhdr *eth;

	if (XM_UNLIKELY(p->present != inner_end && xm_packet_strip_tail(p, p->present - inner_end)))
		return xm_drop(p, XM_DROP_INTERNAL);
	if (XM_UNLIKELY(tags && xm_packet_strip_head(p, tags)))
		return xm_drop(p, XM_DROP_INTERNAL);
	eth = p->start;
	if (XM_UNLIKELY((void *)(eth + 1) > p->end))
		return xm_drop(p, XM_DROP_INTERNAL);
	_Static_assert(offsetof(struct xm_next_hop, src_mac) == ETH_ALEN, "MACs lie as on the wire");
	if (xm_feature(p, XM_FEATURE_COPIES) && p->to_kernel == XM_KERNEL_COPIES) {
		xm_address_to_copies(p, eth);
	} else {
		__builtin_memcpy(eth, p->next_hop, 2 * ETH_ALEN);
		/* which the row leaves out: it has more readers than the secret may have */
		if (xm_feature(p, XM_FEATURE_HANDOVER) && p->next_hop->path >= XM_PATH_TC)
			__builtin_memcpy(eth->dst, p->cfg->secret, ETH_ALEN);
	}
	if (xm_feature(p, XM_FEATURE_OVERSIZE) && p->to_kernel == XM_KERNEL_FRAGMENTS)
		xm_address_to_kernel(p, eth);
	eth->proto = p->inner_family == XM_IPV4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
	return XM_FORWARD;
}

#endif
