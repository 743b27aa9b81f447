/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Part of the inner parse: the whole of it, for every packet that there may be: tags, options, extension
 * headers, fragments, cut packets, any protocol. Sections 3.1 to 3.10 of docs/packets.md in their order.
 */
#ifndef XM_PARSE_ANY_BPF_H
#define XM_PARSE_ANY_BPF_H

#include "bpf/inner_source.bpf.h"
#include "bpf/parse_transport.bpf.h"

/* The IP length reaches beyond the grant. */
static __always_inline enum xm_next xm_inner_truncated(struct xm_pkt *p)
{
	p->truncated = 1;
	if (!xm_feature(p, XM_FEATURE_POLICY) || !(p->policy & XM_POLICY_TRUNCATED_FORWARD))
		return xm_drop(p, XM_DROP_INNER_TRUNCATED);
	p->inner_len = p->grant_end - p->inner_offset;
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_parse_fragment4(struct xm_pkt *p, const struct iphdr *ip,
						       __u32 ip_payload)
{
	__u32 field = bpf_ntohs(ip->frag_off);
	__u32 offset = field & XM_IP4_FRAGMENT_OFFSET;

	if (p->truncated)
		return xm_drop(p, XM_DROP_INNER_TRUNCATED);
	/* RFC 1858 section 4: a later fragment that would overwrite TCP's flags */
	if (!xm_is_fragment(offset, field & XM_IP4_MORE_FRAGMENTS, ip_payload, ip->ihl * 4) ||
	    (ip->protocol == IPPROTO_TCP && offset == 1))
		return xm_drop(p, XM_DROP_FRAGMENT_MALFORMED);
	p->fragment = offset ? XM_LATER_FRAGMENT : XM_FIRST_FRAGMENT;
	p->fragment_id = ip->id;
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_parse_inner4(struct xm_pkt *p)
{
	struct iphdr *ip = p->pos;
	enum xm_drop_reason short_of = XM_NEED(p, ip, sizeof(*ip));
	__u32 header, ip_len, ip_payload;
	enum xm_next next;

	if (XM_UNLIKELY(short_of))
		return xm_drop(p, short_of);
	header = ip->ihl * 4;
	ip_len = bpf_ntohs(ip->tot_len);
	p->inner_family = XM_IPV4;
	p->inner_offset = xm_offset(p, ip);
	p->inner_len = ip_len;
	p->ip4 = ip;
	if (XM_UNLIKELY(ip->version != 4 || header < sizeof(*ip) || ip_len < header))
		return xm_drop(p, XM_DROP_INNER_MALFORMED);
	if (XM_UNLIKELY(p->inner_offset + ip_len > p->grant_end)) {
		next = xm_inner_truncated(p);
		if (next != XM_CONTINUE)
			return next;
	}
	next = xm_check_inner_source4(p, ip->saddr);
	if (XM_UNLIKELY(next != XM_CONTINUE))
		return next;
	if (header > p->inner_len) /* options of a cut packet */
		return xm_drop(p, XM_DROP_INNER_MALFORMED);
	ip_payload = ip_len - header;
	if (XM_UNLIKELY(ip->frag_off & bpf_htons(XM_IP4_FRAGMENT))) {
		next = xm_parse_fragment4(p, ip, ip_payload);
		if (next != XM_CONTINUE)
			return next;
	}
	xm_move_to(p, (void *)ip + header);
	return xm_parse_transport(p, ip->protocol, ip_payload);
}

static __always_inline enum xm_next xm_parse_inner6(struct xm_pkt *p)
{
	struct ipv6hdr *ip = p->pos;
	enum xm_drop_reason short_of = XM_NEED(p, ip, sizeof(*ip));
	__u32 nexthdr, left;
	enum xm_next next;

	if (XM_UNLIKELY(short_of))
		return xm_drop(p, short_of);
	left = bpf_ntohs(ip->payload_len);
	p->inner_family = XM_IPV6;
	p->inner_offset = xm_offset(p, ip);
	p->inner_len = sizeof(*ip) + left;
	p->ip6 = ip;
	if (XM_UNLIKELY(ip->version != 6))
		return xm_drop(p, XM_DROP_INNER_MALFORMED);
	if (XM_UNLIKELY(p->inner_offset + p->inner_len > p->grant_end)) {
		next = xm_inner_truncated(p);
		if (next != XM_CONTINUE)
			return next;
	}
	next = xm_check_inner_source6(p, &ip->saddr);
	if (XM_UNLIKELY(next != XM_CONTINUE))
		return next;
	p->pos = ip + 1;
	nexthdr = ip->nexthdr;
	if (XM_UNLIKELY(xm_is_extension(nexthdr))) {
		next = xm_walk_extensions(p, &nexthdr, &left);
		if (next != XM_CONTINUE)
			return next;
	}
	return xm_parse_transport(p, nexthdr, left);
}

#define XM_ETHERTYPE_BITS 16

/* Offset of what follows Ethernet header and tags, above its ethertype as it lies in the packet; or, with
 * an offset of 0, an enum xm_drop_reason. A global function, so that it is one number that comes out, not
 * one way for each count of tags: see parse_inner.bpf.h.
 */
__attribute__((noinline, weak)) __u32 xm_skip_tags(struct xdp_md *xdp, __u32 grant_end)
{
	struct xm_pkt p = {};
	struct xm_ethhdr *eth;
	enum xm_drop_reason short_of;
	__be16 proto;

	xm_packet_open(&p, xdp, xm_constants());
	p.grant_end = grant_end;
	eth = p.start;
	short_of = XM_NEED(&p, eth, sizeof(*eth));
	if (short_of)
		return short_of;
	p.pos = eth + 1;
	proto = eth->proto;
	for (__u32 i = 0; i < XM_MAX_TAGS; i++) {
		struct xm_vlanhdr *tag = p.pos;

		if (!xm_is_tag(proto))
			break;
		short_of = XM_NEED(&p, tag, sizeof(*tag));
		if (short_of)
			return short_of;
		proto = tag->proto;
		p.pos = tag + 1;
	}
	return xm_offset(&p, p.pos) << XM_ETHERTYPE_BITS | proto;
}

/* Behind Ethernet header and tags, no further than this. */
#define XM_MAX_INNER_OFFSET (ETH_HLEN + XM_MAX_TAGS * sizeof(struct xm_vlanhdr))

static __always_inline enum xm_next xm_parse_any(struct xm_pkt *p)
{
	__u32 found = xm_skip_tags(p->xdp, p->grant_end);
	__u32 offset = found >> XM_ETHERTYPE_BITS;
	__be16 proto = (__be16)found;

	if (!offset)
		return xm_drop(p, (enum xm_drop_reason)found);
	if (offset > XM_MAX_INNER_OFFSET)
		return xm_drop(p, XM_DROP_INTERNAL);
	xm_move_to(p, p->start + offset);
	if (proto == bpf_htons(ETH_P_IP))
		return xm_parse_inner4(p);
	if (proto == bpf_htons(ETH_P_IPV6))
		return xm_parse_inner6(p);
	return xm_drop(p, XM_DROP_INNER_NOT_IP);
}

#endif
