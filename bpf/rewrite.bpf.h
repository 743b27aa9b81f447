/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 10, rewrite: destination address and port, TTL, and the checksums that cover them; lengths of a
 * cut packet. The inner source, DSCP, IP ID and payload are never written.
 */
#ifndef XM_REWRITE_BPF_H
#define XM_REWRITE_BPF_H

#include "bpf/checksum.bpf.h"
#include "bpf/rewrite_rare.bpf.h"

static __always_inline void xm_rewrite_usual(struct xm_pkt *p, __u32 diff)
{
	struct udphdr *udp = p->l4;
	__be16 port = p->rule->udp_port;

	if (port) {
		diff += xm_csum_diff16(udp->dest, port);
		udp->dest = port;
	}
	xm_update_udp(udp, diff);
}

/* `diff` is what the new address adds to a sum over the pseudo-header. */
static __always_inline enum xm_next xm_rewrite_transport(struct xm_pkt *p, __u32 diff)
{
	if (XM_UNLIKELY(p->rare))
		return xm_rewrite_by_offset(p, p->l4_offset, p->l4_bytes, diff);
	if (xm_feature(p, XM_FEATURE_POLICY) && XM_UNLIKELY(p->policy & XM_POLICY_CHECKSUM))
		return xm_rewrite_by_offset(p, xm_offset(p, p->l4),
					    p->inner_offset + p->inner_len - xm_offset(p, p->l4),
					    diff);
	xm_rewrite_usual(p, diff);
	return XM_CONTINUE;
}

/* The kernel takes one off the TTL itself. */
static __always_inline int xm_counts_hop(const struct xm_pkt *p)
{
	return !xm_feature(p, XM_FEATURE_OVERSIZE | XM_FEATURE_HANDOVER | XM_FEATURE_COPIES) ||
	       !p->to_kernel;
}

/* Its address stays: the tc program gives each copy one of its own. */
static __always_inline int xm_keeps_address(const struct xm_pkt *p)
{
	return xm_feature(p, XM_FEATURE_COPIES) && p->to_kernel == XM_KERNEL_COPIES;
}

/* TTL, or, for the kernel to fragment it, the DF flag: what it adds to the header's sum. */
static __always_inline __u32 xm_rewrite_hop4(struct xm_pkt *p, struct iphdr *ip)
{
	__be16 before = ip->frag_off;

	if (XM_LIKELY(xm_counts_hop(p))) {
		/* TTL is the upper byte of its word: one less, so ~m + m' is ~0x0100 of that word */
		ip->ttl--;
		return (__u16)~bpf_htons(0x0100);
	}
	if (p->to_kernel == XM_KERNEL_FRAGMENTS)
		ip->frag_off &= (__be16)~bpf_htons(XM_IP4_DONT_FRAGMENT);
	return xm_csum_diff16(before, ip->frag_off);
}

static __always_inline enum xm_next xm_rewrite4(struct xm_pkt *p)
{
	struct iphdr *ip = p->ip4;
	enum xm_next next;
	__u32 diff = 0;

	if (XM_UNLIKELY(ip->ttl <= 1))
		return xm_drop(p, XM_DROP_TTL_EXPIRED);
	if (!xm_keeps_address(p)) {
		__be32 to = p->collector->addr[0];

		diff = xm_csum_diff32(ip->daddr, to);
		ip->daddr = to;
	}
	next = xm_rewrite_transport(p, diff);
	if (XM_UNLIKELY(next != XM_CONTINUE))
		return next;
	diff += xm_rewrite_hop4(p, ip);
	if (xm_feature(p, XM_FEATURE_POLICY) && p->truncated) {
		__be16 len = bpf_htons((__u16)p->inner_len);

		diff += xm_csum_diff16(ip->tot_len, len);
		ip->tot_len = len;
		xm_note(p, XM_NOTE_TRUNCATED_FORWARDED);
	}
	ip->check = xm_csum_apply(ip->check, diff);
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_rewrite6(struct xm_pkt *p)
{
	struct ipv6hdr *ip = p->ip6;
	__be32 *word = ip->daddr.in6_u.u6_addr32;
	enum xm_next next;
	__u32 diff = 0;

	if (XM_UNLIKELY(ip->hop_limit <= 1))
		return xm_drop(p, XM_DROP_TTL_EXPIRED);
	for (__u32 i = 0; i < 4 && !xm_keeps_address(p); i++) {
		diff += xm_csum_diff32(word[i], p->collector->addr[i]);
		word[i] = p->collector->addr[i];
	}
	next = xm_rewrite_transport(p, diff);
	if (XM_UNLIKELY(next != XM_CONTINUE))
		return next;
	if (xm_counts_hop(p))
		ip->hop_limit--;
	if (xm_feature(p, XM_FEATURE_POLICY) && p->truncated) {
		ip->payload_len = bpf_htons((__u16)(p->inner_len - sizeof(*ip)));
		xm_note(p, XM_NOTE_TRUNCATED_FORWARDED);
	}
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_stage_rewrite(struct xm_pkt *p)
{
	return p->inner_family == XM_IPV4 ? xm_rewrite4(p) : xm_rewrite6(p);
}

#endif
