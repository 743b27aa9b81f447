/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 4, inner parse: an Ethernet frame with a whole, unfragmented UDP packet. Every length is held
 * against the bytes that the outer UDP length grants, never against the frame's padding.
 */
#ifndef XM_PARSE_INNER_BPF_H
#define XM_PARSE_INNER_BPF_H

#include "bpf/parse_outer.bpf.h"

/* Are `bytes` at `at` granted by the outer packet, and in the first buffer? */
#define XM_NEED(p, at, bytes)                                                                      \
	(XM_UNLIKELY(xm_offset(p, at) + (bytes) > (p)->outer_end) ? XM_DROP_INNER_MALFORMED :      \
	 XM_UNLIKELY((void *)(at) + (bytes) > (p)->end) ? XM_DROP_HEADERS_NOT_LINEAR :             \
							  XM_DROP_NONE)

static __always_inline enum xm_next xm_parse_inner_udp(struct xm_pkt *p, void *at, __u32 ip_payload)
{
	struct udphdr *udp = at;
	enum xm_drop_reason short_of = XM_NEED(p, udp, sizeof(*udp));

	if (XM_UNLIKELY(short_of))
		return xm_drop(p, short_of);
	if (XM_UNLIKELY(ip_payload < sizeof(*udp) || bpf_ntohs(udp->len) < sizeof(*udp) ||
			bpf_ntohs(udp->len) > ip_payload))
		return xm_drop(p, XM_DROP_INNER_MALFORMED);
	p->udp = udp;
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_parse_inner4(struct xm_pkt *p)
{
	struct iphdr *ip = p->pos;
	enum xm_drop_reason short_of = XM_NEED(p, ip, sizeof(*ip));
	__u32 header;

	if (XM_UNLIKELY(short_of))
		return xm_drop(p, short_of);
	header = ip->ihl * 4;
	p->inner_family = XM_IPV4;
	p->inner_offset = xm_offset(p, ip);
	p->inner_len = bpf_ntohs(ip->tot_len);
	p->ip4 = ip;
	if (XM_UNLIKELY(ip->version != 4 || header < sizeof(*ip) || p->inner_len < header))
		return xm_drop(p, XM_DROP_INNER_MALFORMED);
	if (XM_UNLIKELY(p->inner_offset + p->inner_len > p->outer_end))
		return xm_drop(p, XM_DROP_INNER_TRUNCATED);
	if (XM_UNLIKELY(ip->protocol != IPPROTO_UDP))
		return xm_drop(p, XM_DROP_INNER_NOT_UDP);
	if (XM_UNLIKELY(ip->frag_off & bpf_htons(XM_IP4_FRAGMENT)))
		return xm_drop(p, XM_DROP_INNER_FRAGMENT);
	return xm_parse_inner_udp(p, (void *)ip + header, p->inner_len - header);
}

static __always_inline enum xm_next xm_parse_inner6(struct xm_pkt *p)
{
	struct ipv6hdr *ip = p->pos;
	enum xm_drop_reason short_of = XM_NEED(p, ip, sizeof(*ip));

	if (XM_UNLIKELY(short_of))
		return xm_drop(p, short_of);
	p->inner_family = XM_IPV6;
	p->inner_offset = xm_offset(p, ip);
	p->inner_len = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	p->ip6 = ip;
	if (XM_UNLIKELY(ip->version != 6))
		return xm_drop(p, XM_DROP_INNER_MALFORMED);
	if (XM_UNLIKELY(p->inner_offset + p->inner_len > p->outer_end))
		return xm_drop(p, XM_DROP_INNER_TRUNCATED);
	switch (ip->nexthdr) {
	case IPPROTO_UDP:
		return xm_parse_inner_udp(p, ip + 1, p->inner_len - sizeof(*ip));
	case IPPROTO_FRAGMENT:
		return xm_drop(p, XM_DROP_INNER_FRAGMENT);
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_AH:
	case IPPROTO_MH:
		return xm_drop(p, XM_DROP_INNER_EXTENSION);
	default:
		return xm_drop(p, XM_DROP_INNER_NOT_UDP);
	}
}

static __always_inline enum xm_next xm_stage_parse_inner(struct xm_pkt *p)
{
	struct xm_ethhdr *eth = p->pos;
	enum xm_drop_reason short_of = XM_NEED(p, eth, sizeof(*eth));

	if (XM_UNLIKELY(short_of))
		return xm_drop(p, short_of);
	p->pos = eth + 1;
	if (XM_LIKELY(eth->proto == bpf_htons(ETH_P_IP)))
		return xm_parse_inner4(p);
	if (eth->proto == bpf_htons(ETH_P_IPV6))
		return xm_parse_inner6(p);
	return xm_drop(p, XM_DROP_INNER_NOT_IP);
}

#endif
