/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 6, inner parse, of the decapsulated frame or of plain input. Every length is held against the
 * bytes that the outer UDP length grants, never against the frame's padding.
 *
 * What nearly every packet is, a whole UDP packet in untagged IP, is recognised here in a few
 * instructions. Anything else is rare and goes to the whole parser (parse_any.bpf.h), which would say the
 * same of a usual packet. It is a global function: the verifier looks at it once, and what it returns are
 * plain numbers, so that its many ways do not multiply with those behind it (seen: 6.18, more than a
 * million instructions when inlined).
 */
#ifndef XM_PARSE_INNER_BPF_H
#define XM_PARSE_INNER_BPF_H

#include "bpf/parse_any.bpf.h"
#include "bpf/scratch.bpf.h"

/* In and out of xm_parse_rare(): the same fields of struct xm_pkt, in scratch memory. */
static __always_inline void xm_inner_from(struct xm_inner *inner, const struct xm_pkt *p)
{
	inner->way = (__u32)p->way;
	inner->grant_end = p->grant_end;
	inner->source = p->source;
	inner->policy = p->policy;
}

static __always_inline void xm_inner_to(struct xm_pkt *p, const struct xm_inner *inner)
{
	p->inner_offset = inner->inner_offset;
	p->inner_len = inner->inner_len;
	p->transport = inner->transport;
	p->l4_offset = inner->l4_offset;
	p->l4_bytes = inner->l4_bytes;
	p->protocol = inner->protocol;
	p->port = inner->port;
	p->from_port = inner->from_port;
	p->fragment = inner->fragment;
	p->fragment_id = inner->fragment_id;
}

static __always_inline void xm_inner_addresses(struct xm_inner *inner, const struct xm_pkt *p)
{
	if (p->inner_family == XM_IPV4) {
		__builtin_memset(inner->from, 0, sizeof(inner->from));
		__builtin_memset(inner->to, 0, sizeof(inner->to));
		inner->from[0] = p->ip4->saddr;
		inner->to[0] = p->ip4->daddr;
	} else {
		__builtin_memcpy(inner->from, &p->ip6->saddr, sizeof(inner->from));
		__builtin_memcpy(inner->to, &p->ip6->daddr, sizeof(inner->to));
	}
}

/* Returns an enum xm_drop_reason. */
__attribute__((noinline, weak)) int xm_parse_rare(struct xdp_md *xdp, struct xm_inner *inner)
{
	struct xm_pkt p = {};
	enum xm_next next;

	if (!inner)
		return XM_DROP_INTERNAL;
	xm_packet_open(&p, xdp, xm_constants());
	p.way = inner->way;
	p.grant_end = inner->grant_end;
	p.source = inner->source;
	p.policy = inner->policy;
	next = xm_parse_any(&p);
	inner->truncated = p.truncated;
	if (next != XM_CONTINUE)
		return (int)p.reason;
	inner->family = (__u32)p.inner_family;
	inner->inner_offset = p.inner_offset;
	inner->inner_len = p.inner_len;
	inner->transport = (__u32)p.transport;
	inner->l4_offset = xm_offset(&p, p.pos);
	inner->l4_bytes = p.inner_offset + p.inner_len - inner->l4_offset;
	inner->protocol = p.protocol;
	inner->port = p.port;
	inner->from_port = p.from_port;
	inner->fragment = (__u32)p.fragment;
	inner->fragment_id = p.fragment_id;
	xm_inner_addresses(inner, &p);
	return XM_DROP_NONE;
}

static __always_inline enum xm_next xm_stage_parse_rare(struct xm_pkt *p)
{
	__u32 row = 0;
	struct xm_scratch *scratch = bpf_map_lookup_elem(&xm_scratch, &row);
	__u64 family;
	__u32 offset;
	int why;

	if (!scratch)
		return xm_drop(p, XM_DROP_INTERNAL);
	xm_inner_from(&scratch->inner, p);
	why = xm_parse_rare(p->xdp, &scratch->inner);
	p->truncated = scratch->inner.truncated;
	if (why)
		return xm_drop(p, (enum xm_drop_reason)why);
	xm_inner_to(p, &scratch->inner);
	p->rare = scratch;
	offset = p->inner_offset;
	asm volatile("" : "+r"(offset)); /* the number that is compared is the one that is used */
	if (offset > XM_MAX_INNER_OFFSET)
		return xm_drop(p, XM_DROP_INTERNAL);
	xm_move_to(p, p->start + offset);
	p->ip4 = p->pos;
	p->ip6 = p->pos;
	if (scratch->inner.family == XM_IPV4) {
		if ((void *)(p->ip4 + 1) > p->end)
			return xm_drop(p, XM_DROP_INTERNAL);
		family = XM_IPV4;
	} else {
		if ((void *)(p->ip6 + 1) > p->end)
			return xm_drop(p, XM_DROP_INTERNAL);
		family = XM_IPV6;
	}
	/* later branches must test this constant, not the number from the map: 6.1 learns nothing from
	 * that being other than XM_IPV4
	 */
	asm volatile("" : "+r"(family));
	p->inner_family = family;
	return XM_CONTINUE;
}

/* The rest of a usual packet: `udp` follows IP, `left` bytes before the end of the packet. True if it is
 * as it should be.
 */
static __always_inline int xm_is_usual_udp(struct xm_pkt *p, struct udphdr *udp, __u32 left)
{
	__u32 len;

	if ((void *)(udp + 1) > p->end)
		return 0;
	len = bpf_ntohs(udp->len);
	if (len < sizeof(*udp) || len > left || p->inner_offset + p->inner_len > p->grant_end ||
	    xm_is_nested(p, udp->dest))
		return 0;
	p->transport = XM_TRANSPORT_UDP;
	p->l4 = udp;
	p->protocol = IPPROTO_UDP;
	xm_take_ports(p, udp->source, udp->dest);
	return 1;
}

static __always_inline int xm_is_usual4(struct xm_pkt *p)
{
	struct iphdr *ip = p->start + ETH_HLEN;

	if ((void *)(ip + 1) > p->end || ip->version != 4 || ip->ihl != 5 ||
	    ip->protocol != IPPROTO_UDP || (ip->frag_off & bpf_htons(XM_IP4_FRAGMENT)))
		return 0;
	p->inner_family = XM_IPV4;
	p->inner_offset = ETH_HLEN;
	p->inner_len = bpf_ntohs(ip->tot_len);
	p->ip4 = ip;
	return p->inner_len >= sizeof(*ip) + sizeof(struct udphdr) &&
	       xm_is_usual_udp(p, (struct udphdr *)(ip + 1), p->inner_len - sizeof(*ip));
}

static __always_inline int xm_is_usual6(struct xm_pkt *p)
{
	struct ipv6hdr *ip = p->start + ETH_HLEN;
	__u32 left;

	if ((void *)(ip + 1) > p->end || ip->version != 6 || ip->nexthdr != IPPROTO_UDP)
		return 0;
	left = bpf_ntohs(ip->payload_len);
	p->inner_family = XM_IPV6;
	p->inner_offset = ETH_HLEN;
	p->inner_len = sizeof(*ip) + left;
	p->ip6 = ip;
	return xm_is_usual_udp(p, (struct udphdr *)(ip + 1), left);
}

static __always_inline int xm_is_usual(struct xm_pkt *p)
{
	struct xm_ethhdr *eth = p->start;

	if ((void *)(eth + 1) > p->end)
		return 0;
	if (XM_LIKELY(eth->proto == bpf_htons(ETH_P_IP)))
		return xm_is_usual4(p);
	return eth->proto == bpf_htons(ETH_P_IPV6) && xm_is_usual6(p);
}

static __always_inline enum xm_next xm_stage_parse_usual(struct xm_pkt *p)
{
	if (p->inner_family == XM_IPV4)
		return xm_check_inner_source4(p, p->ip4->saddr);
	return xm_check_inner_source6(p, &p->ip6->saddr);
}

#endif
