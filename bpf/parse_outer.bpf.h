/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 1, outer parse: is it UDP to one of our addresses on a tunnel's port? Whatever is not goes to
 * the kernel untouched. From XM_CONTINUE on the packet is ours, and its outer lengths agree.
 */
#ifndef XM_PARSE_OUTER_BPF_H
#define XM_PARSE_OUTER_BPF_H

#include "bpf/ip.bpf.h"

#define XM_TUNNEL_HEADER 8 /* bytes of a VXLAN header, and of a Geneve header without options */

static __always_inline int xm_is_local4(const struct xm_pkt *p, __be32 addr)
{
	if (xm_feature(p, XM_FEATURE_ON_PAPER))
		return 1;
	for (__u32 i = 0; i < XM_MAX_LOCAL; i++) {
		if (i >= p->cfg->local4_count)
			return 0;
		if (addr == p->cfg->local4[i])
			return 1;
	}
	return 0;
}

static __always_inline int xm_is_local6(const struct xm_pkt *p, const struct in6_addr *addr)
{
	const __be32 *word = addr->in6_u.u6_addr32;

	if (xm_feature(p, XM_FEATURE_ON_PAPER))
		return 1;
	for (__u32 i = 0; i < XM_MAX_LOCAL; i++) {
		if (i >= p->cfg->local6_count)
			return 0;
		if (word[0] == p->cfg->local6[i][0] && word[1] == p->cfg->local6[i][1] &&
		    word[2] == p->cfg->local6[i][2] && word[3] == p->cfg->local6[i][3])
			return 1;
	}
	return 0;
}

/* Bytes of the frame over all its buffers. */
static __always_inline __u32 xm_bytes_present(const struct xm_pkt *p)
{
	if (xm_feature(p, XM_FEATURE_FRAGS))
		return (__u32)bpf_xdp_get_buff_len(p->xdp);
	return xm_offset(p, p->end);
}

/* Does a tunnel of ours have this port? Then p->way says which. */
static __always_inline int xm_is_tunnel(struct xm_pkt *p, __be16 port)
{
	if (xm_feature(p, XM_FEATURE_VXLAN) && port == p->cfg->vxlan_port) {
		p->way = XM_WAY_VXLAN;
		return 1;
	}
	if (xm_feature(p, XM_FEATURE_GENEVE) && port == p->cfg->geneve_port) {
		p->way = XM_WAY_GENEVE;
		return 1;
	}
	return 0;
}

/* At the payload of a UDP fragment. A first one that shows our port must not get to the kernel, which
 * would put the fragments together and answer the mirrored interface (docs/decisions/0002).
 */
static __always_inline enum xm_next xm_outer_fragment(struct xm_pkt *p, int is_first)
{
	struct udphdr *udp = p->pos;

	if (is_first && (void *)(udp + 1) <= p->end && xm_is_tunnel(p, udp->dest))
		return xm_drop(p, XM_DROP_OUTER_FRAGMENT);
	return xm_pass(p, XM_PASS_OUTER_FRAGMENT);
}

static __always_inline enum xm_next xm_parse_outer4(struct xm_pkt *p)
{
	struct iphdr *ip = p->pos;

	if ((void *)(ip + 1) > p->end || ip->version != 4 || ip->ihl < 5)
		return xm_pass(p, XM_PASS_NOT_OURS);
	if (ip->protocol != IPPROTO_UDP || !xm_is_local4(p, ip->daddr))
		return xm_pass(p, XM_PASS_NOT_OURS);

	p->sender_family = XM_IPV4;
	p->sender[0] = ip->saddr;
	p->frame_len = xm_offset(p, ip) + bpf_ntohs(ip->tot_len);
	xm_move_to(p, (void *)ip + ip->ihl * 4);
	if (XM_UNLIKELY(ip->frag_off & bpf_htons(XM_IP4_FRAGMENT)))
		return xm_outer_fragment(p, !(ip->frag_off & bpf_htons(XM_IP4_FRAGMENT_OFFSET)));
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_outer_fragment6(struct xm_pkt *p)
{
	struct xm_fragmenthdr *fragment = p->pos;

	if ((void *)(fragment + 1) > p->end || fragment->nexthdr != IPPROTO_UDP)
		return xm_pass(p, XM_PASS_NOT_OURS);
	p->pos = fragment + 1;
	return xm_outer_fragment(p, !(fragment->offset_more & bpf_htons(0xfff8)));
}

static __always_inline enum xm_next xm_parse_outer6(struct xm_pkt *p)
{
	struct ipv6hdr *ip = p->pos;
	__u32 nexthdr;

	if ((void *)(ip + 1) > p->end || ip->version != 6 || !xm_is_local6(p, &ip->daddr))
		return xm_pass(p, XM_PASS_NOT_OURS);
	p->sender_family = XM_IPV6;
	__builtin_memcpy(p->sender, &ip->saddr, sizeof(p->sender));
	p->frame_len = xm_offset(p, ip) + sizeof(*ip) + bpf_ntohs(ip->payload_len);
	p->pos = ip + 1;
	nexthdr = ip->nexthdr;
	for (__u32 i = 0; i < XM_MAX_EXTENSIONS; i++) {
		struct xm_optionshdr *options = p->pos;

		if (XM_LIKELY(!xm_is_options(nexthdr)))
			break;
		if ((void *)(options + 1) > p->end)
			return xm_pass(p, XM_PASS_NOT_OURS);
		nexthdr = options->nexthdr;
		xm_move_to(p, (void *)(options + 1) + options->words * 8);
	}
	if (XM_UNLIKELY(nexthdr == IPPROTO_FRAGMENT))
		return xm_outer_fragment6(p);
	return nexthdr == IPPROTO_UDP ? XM_CONTINUE : xm_pass(p, XM_PASS_NOT_OURS);
}

/* UDP, IP and frame agree on lengths, and leave room for a tunnel's header. */
static __always_inline enum xm_next xm_check_outer_lengths(struct xm_pkt *p,
							   const struct udphdr *udp)
{
	p->grant_end = xm_offset(p, udp) + bpf_ntohs(udp->len);
	p->present = xm_bytes_present(p);
	if (XM_UNLIKELY(xm_offset(p, udp + 1) + XM_TUNNEL_HEADER > p->grant_end ||
			p->grant_end > p->frame_len || p->frame_len > p->present))
		return xm_drop(p, XM_DROP_OUTER_LENGTH);
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_stage_parse_outer(struct xm_pkt *p)
{
	struct xm_ethhdr *eth = p->pos;
	enum xm_next next;
	struct udphdr *udp;
	__be16 proto;

	if ((void *)(eth + 1) > p->end)
		return xm_pass(p, XM_PASS_NOT_OURS);
	p->pos = eth + 1;
	proto = eth->proto;
	for (__u32 i = 0; i < XM_MAX_TAGS; i++) {
		struct xm_vlanhdr *tag = p->pos;

		if (XM_LIKELY(!xm_is_tag(proto)))
			break;
		if ((void *)(tag + 1) > p->end)
			return xm_pass(p, XM_PASS_NOT_OURS);
		proto = tag->proto;
		p->pos = tag + 1;
	}
	if (XM_LIKELY(proto == bpf_htons(ETH_P_IP)))
		next = xm_parse_outer4(p);
	else if (proto == bpf_htons(ETH_P_IPV6))
		next = xm_parse_outer6(p);
	else
		return xm_pass(p, XM_PASS_NOT_OURS);
	if (next != XM_CONTINUE)
		return next;

	udp = p->pos;
	if ((void *)(udp + 1) > p->end || !xm_is_tunnel(p, udp->dest))
		return xm_pass(p, XM_PASS_NOT_OURS);
	p->pos = udp + 1;
	return xm_check_outer_lengths(p, udp);
}

#endif
