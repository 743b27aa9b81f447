/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Part of the inner parse: the protocol behind IP, its destination port, and whether the header is whole
 * as far as the rewrite needs it.
 */
#ifndef XM_PARSE_TRANSPORT_BPF_H
#define XM_PARSE_TRANSPORT_BPF_H

#include "bpf/parse_extensions.bpf.h"

enum xm_transport_bytes { /* of the header that must be there */
	XM_TCP_BYTES = 20,      /* RFC 9293 section 3.1 */
	XM_SCTP_BYTES = 12,     /* RFC 9260 section 3.1 */
	XM_DCCP_BYTES = 12,     /* RFC 4340 section 5.1 */
	XM_UDPLITE_BYTES = 8,   /* RFC 3828 section 3.1 */
	XM_ICMP6_BYTES = 4,     /* RFC 4443 section 2.1 */
};

/* The ports of every protocol that has any. */
struct xm_ports {
	__be16 source;
	__be16 dest;
};

static __always_inline void xm_take_ports(struct xm_pkt *p, __be16 source, __be16 dest)
{
	p->port = bpf_ntohs(dest);
	if (xm_feature(p, XM_FEATURE_BALANCE_PORTS))
		p->from_port = bpf_ntohs(source);
}

/* A port that this profile takes tunnels on: what is inside one is never opened again. */
static __always_inline int xm_is_nested(const struct xm_pkt *p, __be16 port)
{
	if (xm_feature(p, XM_FEATURE_PLAIN) && p->way == XM_WAY_PLAIN)
		return 0;
	return port == p->cfg->vxlan_port ||
	       (xm_feature(p, XM_FEATURE_GENEVE) && port == p->cfg->geneve_port);
}

/* `left`: bytes of the packet from here on, by its own length. */
static __always_inline enum xm_next xm_parse_udp(struct xm_pkt *p, __u32 left)
{
	struct udphdr *udp = p->pos;
	__u32 len;

	if (XM_UNLIKELY(p->truncated && xm_offset(p, udp + 1) > p->grant_end))
		return xm_drop(p, XM_DROP_INNER_TRUNCATED);
	if (XM_UNLIKELY(left < sizeof(*udp)))
		return xm_drop(p, p->fragment ? XM_DROP_FRAGMENT_MALFORMED :
						XM_DROP_INNER_MALFORMED);
	if (XM_UNLIKELY((void *)(udp + 1) > p->end))
		return xm_drop(p, XM_DROP_HEADERS_NOT_LINEAR);
	len = bpf_ntohs(udp->len);
	if (XM_UNLIKELY(len < sizeof(*udp) || (len > left && !p->fragment)))
		return xm_drop(p, XM_DROP_INNER_MALFORMED);
	if (XM_UNLIKELY(xm_is_nested(p, udp->dest)))
		return xm_drop(p, XM_DROP_NESTED_TUNNEL);
	p->transport = XM_TRANSPORT_UDP;
	p->l4 = udp;
	xm_take_ports(p, udp->source, udp->dest);
	return XM_CONTINUE;
}

/* Is a header of constant `bytes` at p->pos whole and in the first buffer? */
#define XM_NEED_TRANSPORT(p, left, bytes)                                                          \
	((left) < (bytes)                      ? ((p)->fragment ? XM_DROP_FRAGMENT_MALFORMED :     \
								  XM_DROP_INNER_MALFORMED) :       \
	 (void *)(p)->pos + (bytes) > (p)->end ? XM_DROP_HEADERS_NOT_LINEAR :                      \
						 XM_DROP_NONE)

static __always_inline enum xm_next xm_parse_other(struct xm_pkt *p, __u32 left)
{
	struct xm_ports *ports = p->pos;
	enum xm_drop_reason short_of = XM_DROP_NONE;
	int has_ports = 1;

	switch (p->protocol) {
	case IPPROTO_TCP:
		short_of = XM_NEED_TRANSPORT(p, left, XM_TCP_BYTES);
		p->transport = XM_TRANSPORT_TCP;
		break;
	case IPPROTO_SCTP:
		short_of = XM_NEED_TRANSPORT(p, left, XM_SCTP_BYTES);
		break;
	case IPPROTO_DCCP:
		short_of = XM_NEED_TRANSPORT(p, left, XM_DCCP_BYTES);
		p->transport = XM_TRANSPORT_DCCP;
		break;
	case IPPROTO_UDPLITE:
		short_of = XM_NEED_TRANSPORT(p, left, XM_UDPLITE_BYTES);
		p->transport = XM_TRANSPORT_UDPLITE;
		break;
	case IPPROTO_ICMPV6:
		has_ports = 0;
		if (p->inner_family != XM_IPV6)
			break;
		short_of = XM_NEED_TRANSPORT(p, left, XM_ICMP6_BYTES);
		p->transport = XM_TRANSPORT_ICMP6;
		break;
	default:
		has_ports = 0;
	}
	if (short_of)
		return xm_drop(p, short_of);
	p->l4 = ports;
	if (has_ports) {
		if ((void *)(ports + 1) > p->end)
			return xm_drop(p, XM_DROP_HEADERS_NOT_LINEAR);
		xm_take_ports(p, ports->source, ports->dest);
	}
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_parse_transport(struct xm_pkt *p, __u32 protocol, __u32 left)
{
	/* IPv6 says the protocol of a later fragment only in the first one */
	int is_known = p->fragment != XM_LATER_FRAGMENT || p->inner_family == XM_IPV4;

	p->protocol = protocol;
	if (XM_UNLIKELY(is_known && protocol != IPPROTO_UDP &&
			!xm_feature(p, XM_FEATURE_PROTOCOLS)))
		return xm_drop(p, XM_DROP_INNER_NOT_UDP);
	if (XM_UNLIKELY(p->fragment == XM_LATER_FRAGMENT))
		return XM_CONTINUE;
	if (XM_LIKELY(protocol == IPPROTO_UDP))
		return xm_parse_udp(p, left);
	if (XM_UNLIKELY(p->truncated))
		return xm_drop(p, XM_DROP_INNER_TRUNCATED);
	return xm_parse_other(p, left);
}

#endif
