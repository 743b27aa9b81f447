/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 1, outer parse: is it UDP to one of our addresses on the VXLAN port? Whatever is not goes to
 * the kernel untouched. From XM_CONTINUE on the packet is ours; its lengths are not trusted yet.
 */
#ifndef XM_PARSE_OUTER_BPF_H
#define XM_PARSE_OUTER_BPF_H

#include "bpf/config.bpf.h"

#define XM_IP4_FRAGMENT 0x3fff /* MF flag or an offset, RFC 791 section 3.1 */

static __always_inline int xm_is_local4(const struct xm_pkt *p, __be32 addr)
{
	if (xm_feature(p, XM_FEATURE_ANY_LOCAL))
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

	if (xm_feature(p, XM_FEATURE_ANY_LOCAL))
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

static __always_inline enum xm_next xm_parse_outer4(struct xm_pkt *p)
{
	struct iphdr *ip = p->pos;

	if ((void *)(ip + 1) > p->end || ip->version != 4 || ip->ihl < 5)
		return xm_pass(p, XM_PASS_NOT_OURS);
	if (ip->protocol != IPPROTO_UDP || !xm_is_local4(p, ip->daddr))
		return xm_pass(p, XM_PASS_NOT_OURS);
	if (XM_UNLIKELY(ip->frag_off & bpf_htons(XM_IP4_FRAGMENT)))
		return xm_pass(p, XM_PASS_OUTER_FRAGMENT);

	p->outer_family = XM_IPV4;
	p->sender[0] = ip->saddr;
	p->frame_len = ETH_HLEN + bpf_ntohs(ip->tot_len);
	p->pos = (void *)ip + ip->ihl * 4;
	return XM_CONTINUE;
}

/* RFC 8200 section 4.5: the fragment header begins with the protocol of what was cut. */
static __always_inline enum xm_next xm_pass_fragment6(struct xm_pkt *p, const __u8 *header)
{
	if ((void *)(header + 1) <= p->end && *header == IPPROTO_UDP)
		return xm_pass(p, XM_PASS_OUTER_FRAGMENT);
	return xm_pass(p, XM_PASS_NOT_OURS);
}

static __always_inline enum xm_next xm_parse_outer6(struct xm_pkt *p)
{
	struct ipv6hdr *ip = p->pos;

	if ((void *)(ip + 1) > p->end || ip->version != 6 || !xm_is_local6(p, &ip->daddr))
		return xm_pass(p, XM_PASS_NOT_OURS);
	if (XM_UNLIKELY(ip->nexthdr == IPPROTO_FRAGMENT))
		return xm_pass_fragment6(p, (const __u8 *)(ip + 1));
	if (ip->nexthdr != IPPROTO_UDP)
		return xm_pass(p, XM_PASS_NOT_OURS);

	p->outer_family = XM_IPV6;
	__builtin_memcpy(p->sender, &ip->saddr, sizeof(p->sender));
	p->frame_len = ETH_HLEN + sizeof(*ip) + bpf_ntohs(ip->payload_len);
	p->pos = ip + 1;
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_stage_parse_outer(struct xm_pkt *p)
{
	struct xm_ethhdr *eth = p->pos;
	enum xm_next next;
	struct udphdr *udp;

	if ((void *)(eth + 1) > p->end)
		return xm_pass(p, XM_PASS_NOT_OURS);
	p->pos = eth + 1;
	if (XM_LIKELY(eth->proto == bpf_htons(ETH_P_IP)))
		next = xm_parse_outer4(p);
	else if (eth->proto == bpf_htons(ETH_P_IPV6))
		next = xm_parse_outer6(p);
	else
		return xm_pass(p, XM_PASS_NOT_OURS);
	if (next != XM_CONTINUE)
		return next;

	udp = p->pos;
	if ((void *)(udp + 1) > p->end || udp->dest != p->cfg->vxlan_port)
		return xm_pass(p, XM_PASS_NOT_OURS);
	p->outer_end = xm_offset(p, udp) + bpf_ntohs(udp->len);
	p->pos = udp + 1;
	return XM_CONTINUE;
}

#endif
