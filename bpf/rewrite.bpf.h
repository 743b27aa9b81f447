/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 7, rewrite: destination address and port, TTL, and the checksums that cover them. The inner
 * source, DSCP, IP ID and payload are never written.
 */
#ifndef XM_REWRITE_BPF_H
#define XM_REWRITE_BPF_H

#include "bpf/checksum.bpf.h"
#include "bpf/packet.bpf.h"

/* RFC 768: a sent 0 means "no checksum", so 0 stays 0 and a computed 0 is sent as all ones. */
static __always_inline void xm_rewrite_udp(struct xm_pkt *p, __u32 diff)
{
	struct udphdr *udp = p->udp;
	__be16 port = p->rule->udp_port;

	if (port) {
		diff += xm_csum_diff16(udp->dest, port);
		udp->dest = port;
	}
	if (udp->check) {
		__sum16 check = xm_csum_apply(udp->check, diff);

		udp->check = check ? check : (__sum16)0xffff;
	}
}

static __always_inline enum xm_next xm_rewrite4(struct xm_pkt *p)
{
	struct iphdr *ip = p->ip4;
	__be32 to = p->collector->addr[0];
	__u32 diff = xm_csum_diff32(ip->daddr, to);

	if (XM_UNLIKELY(ip->ttl <= 1))
		return xm_drop(p, XM_DROP_TTL_EXPIRED);
	xm_rewrite_udp(p, diff);
	ip->daddr = to;
	/* TTL is the upper byte of its word: one less, so ~m + m' is ~0x0100 of that word */
	ip->ttl--;
	ip->check = xm_csum_apply(ip->check, diff + (__u16)~bpf_htons(0x0100));
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_rewrite6(struct xm_pkt *p)
{
	struct ipv6hdr *ip = p->ip6;
	__be32 *word = ip->daddr.in6_u.u6_addr32;
	__u32 diff = 0;

	if (XM_UNLIKELY(ip->hop_limit <= 1))
		return xm_drop(p, XM_DROP_TTL_EXPIRED);
	for (__u32 i = 0; i < 4; i++) {
		diff += xm_csum_diff32(word[i], p->collector->addr[i]);
		word[i] = p->collector->addr[i];
	}
	xm_rewrite_udp(p, diff);
	ip->hop_limit--;
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_stage_rewrite(struct xm_pkt *p)
{
	return p->inner_family == XM_IPV4 ? xm_rewrite4(p) : xm_rewrite6(p);
}

#endif
