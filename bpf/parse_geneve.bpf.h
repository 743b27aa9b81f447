/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 2, Geneve (RFC 8926 section 3.4), as a gateway load balancer sends it: an IP packet inside,
 * which is a mirror if it is VXLAN. What is no mirror follows the policy of the sender's source: all Geneve
 * sources stand in one row of xm_vnis for this.
 *
 *   |Ver|  Opt Len  |O|C|    Rsvd.  |          Protocol Type        |
 *   |        Virtual Network Identifier (VNI)       |    Reserved   |
 *   |                    Variable-Length Options                    |
 */
#ifndef XM_PARSE_GENEVE_BPF_H
#define XM_PARSE_GENEVE_BPF_H

#include "bpf/admit.bpf.h"
#include "bpf/parse_outer.bpf.h"

#define XM_GENEVE_VERSION 0xc0
#define XM_GENEVE_OPTION_WORDS 0x3f /* of 4 bytes */
#define XM_GENEVE_CONTROL 0x80

struct xm_genevehdr {
	__u8 version_words;
	__u8 flags;
	__be16 proto; /* ETH_P_* of the payload */
	__be32 vni;
};

/* XM_NEED in a Geneve payload: what does not fit into it makes it no mirror. */
#define XM_GENEVE_NEED(p, at, bytes)                                                               \
	(XM_NEED(p, at, bytes) == XM_DROP_INNER_MALFORMED ? XM_DROP_GENEVE_NOT_MIRROR :            \
							    XM_NEED(p, at, bytes))

/* Each finds the UDP header behind the IP header at p->pos, and where the IP packet ends: XM_DROP_NONE,
 * or why it is no mirror.
 */
static __always_inline enum xm_drop_reason xm_geneve_ip4(struct xm_pkt *p, __u32 *end)
{
	struct iphdr *ip = p->pos;
	enum xm_drop_reason short_of = XM_GENEVE_NEED(p, ip, sizeof(*ip));

	if (short_of)
		return short_of;
	if (ip->version != 4 || ip->ihl < 5 || ip->protocol != IPPROTO_UDP ||
	    (ip->frag_off & bpf_htons(XM_IP4_FRAGMENT)))
		return XM_DROP_GENEVE_NOT_MIRROR;
	*end = xm_offset(p, ip) + bpf_ntohs(ip->tot_len);
	xm_move_to(p, (void *)ip + ip->ihl * 4);
	return XM_DROP_NONE;
}

static __always_inline enum xm_drop_reason xm_geneve_ip6(struct xm_pkt *p, __u32 *end)
{
	struct ipv6hdr *ip = p->pos;
	enum xm_drop_reason short_of = XM_GENEVE_NEED(p, ip, sizeof(*ip));
	__u32 nexthdr;

	if (short_of)
		return short_of;
	if (ip->version != 6)
		return XM_DROP_GENEVE_NOT_MIRROR;
	*end = xm_offset(p, ip) + sizeof(*ip) + bpf_ntohs(ip->payload_len);
	p->pos = ip + 1;
	nexthdr = ip->nexthdr;
	for (__u32 i = 0; i < XM_MAX_EXTENSIONS; i++) {
		struct xm_optionshdr *options = p->pos;

		if (!xm_is_options(nexthdr))
			break;
		short_of = XM_GENEVE_NEED(p, options, sizeof(*options));
		if (short_of)
			return short_of;
		nexthdr = options->nexthdr;
		xm_move_to(p, (void *)(options + 1) + options->words * 8);
	}
	return nexthdr == IPPROTO_UDP ? XM_DROP_NONE : XM_DROP_GENEVE_NOT_MIRROR;
}

/* Leaves p->pos and p->grant_end at the VXLAN header and the end of its UDP payload. */
static __always_inline enum xm_drop_reason xm_geneve_payload(struct xm_pkt *p, __be16 proto)
{
	enum xm_drop_reason why = XM_DROP_GENEVE_NOT_MIRROR;
	struct udphdr *udp;
	__u32 ip_end = 0, udp_end;

	if (proto == bpf_htons(ETH_P_IP))
		why = xm_geneve_ip4(p, &ip_end);
	else if (proto == bpf_htons(ETH_P_IPV6))
		why = xm_geneve_ip6(p, &ip_end);
	if (why)
		return why;
	udp = p->pos;
	why = XM_GENEVE_NEED(p, udp, sizeof(*udp));
	if (why)
		return why;
	udp_end = xm_offset(p, udp) + bpf_ntohs(udp->len);
	if (udp->dest != p->cfg->vxlan_port ||
	    bpf_ntohs(udp->len) < sizeof(*udp) + XM_TUNNEL_HEADER || udp_end > ip_end ||
	    ip_end > p->grant_end)
		return XM_DROP_GENEVE_NOT_MIRROR;
	p->grant_end = udp_end;
	p->pos = udp + 1;
	return XM_DROP_NONE;
}

static __always_inline enum xm_next xm_geneve_other(struct xm_pkt *p)
{
	enum xm_next next = xm_admit_as(p, XM_WAY_GENEVE_OTHER << XM_WAY_SHIFT);

	if (next == XM_DROP)
		return next;
	if (p->policy & XM_POLICY_OTHER_PASS)
		return xm_pass(p, XM_PASS_GENEVE_NOT_MIRROR);
	return xm_drop(p, XM_DROP_GENEVE_NOT_MIRROR);
}

static __always_inline enum xm_next xm_stage_parse_geneve(struct xm_pkt *p)
{
	struct xm_genevehdr *geneve = p->pos;
	enum xm_drop_reason why = XM_DROP_GENEVE_NOT_MIRROR;
	__u32 options;

	if (!xm_feature(p, XM_FEATURE_GENEVE) || p->way != XM_WAY_GENEVE)
		return XM_CONTINUE;
	if (XM_UNLIKELY((void *)(geneve + 1) > p->end))
		return xm_drop(p, XM_DROP_HEADERS_NOT_LINEAR);
	options = (geneve->version_words & XM_GENEVE_OPTION_WORDS) * 4;
	if (XM_UNLIKELY((geneve->version_words & XM_GENEVE_VERSION) ||
			xm_offset(p, geneve + 1) + options > p->grant_end))
		return xm_drop(p, XM_DROP_GENEVE_MALFORMED);
	xm_move_to(p, (void *)(geneve + 1) + options);
	if (XM_LIKELY(!(geneve->flags & XM_GENEVE_CONTROL)))
		why = xm_geneve_payload(p, geneve->proto);
	if (XM_LIKELY(why == XM_DROP_NONE))
		return XM_CONTINUE;
	if (why == XM_DROP_HEADERS_NOT_LINEAR)
		return xm_drop(p, why);
	return xm_geneve_other(p);
}

#endif
