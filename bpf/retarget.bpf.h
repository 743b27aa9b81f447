/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rewrite of a copy, for the tc program: destination address and port and TTL of a packet whose last copy
 * had others, and the checksums that cover them, by the kernel's helpers for packets that may lie anywhere.
 */
#ifndef XM_RETARGET_BPF_H
#define XM_RETARGET_BPF_H

#include "bpf/packet.bpf.h"

enum xm_copy_offset { /* in the frame, bytes */
	XM_COPY_IP = ETH_HLEN,
	XM_COPY_IP4_TTL = XM_COPY_IP + 8,
	XM_COPY_IP4_SUM = XM_COPY_IP + 10,
	XM_COPY_IP4_FROM = XM_COPY_IP + 12,
	XM_COPY_IP4_TO = XM_COPY_IP + 16,
	XM_COPY_IP6_HOPS = XM_COPY_IP + 7,
	XM_COPY_IP6_FROM = XM_COPY_IP + 8,
	XM_COPY_IP6_TO = XM_COPY_IP + 24,
};

/* A packet on its way to all that its rule sends to. */
struct xm_copying {
	__u32 rule;      /* row of xm_copies */
	__u32 is_plain;
	__u32 family;    /* enum xm_family */
	__u32 transport; /* enum xm_transport */
	__u32 l4;        /* offset in the frame */
	__u32 bytes;     /* of the IP packet */
	__be32 from[4];
	__be32 came_to[4]; /* destination, as it came */
	__be32 to[4];      /* as it is now; IPv4 in to[0] */
	__be16 came_port;  /* likewise; 0: none that can be changed */
	__be16 port;
	__u8 hops;         /* TTL or hop limit, as it came */
	__u8 hops_now;
	__u8 pad[2];
};

static __always_inline int xm_has_port(const struct xm_copying *c)
{
	return c->transport == XM_TRANSPORT_UDP || c->transport == XM_TRANSPORT_TCP ||
	       c->transport == XM_TRANSPORT_UDPLITE;
}

/* Offset of the transport's checksum in the frame; 0: none covers the addresses. */
static __always_inline __u32 xm_sum_offset(const struct xm_copying *c)
{
	switch (c->transport) {
	case XM_TRANSPORT_UDP:
	case XM_TRANSPORT_UDPLITE:
	case XM_TRANSPORT_DCCP:
		return c->l4 + 6;
	case XM_TRANSPORT_TCP:
		return c->l4 + 16;
	case XM_TRANSPORT_ICMP6:
		return c->l4 + 2;
	default:
		return 0;
	}
}

/* RFC 768: 0 stays 0, and a computed 0 is sent as all ones. */
static __always_inline __u64 xm_sum_flags(const struct xm_copying *c)
{
	return c->transport == XM_TRANSPORT_UDP || c->transport == XM_TRANSPORT_UDPLITE ?
		       BPF_F_MARK_MANGLED_0 :
		       0;
}

static __always_inline long xm_put(struct __sk_buff *skb, __u32 at, const void *bytes, __u32 count)
{
	return bpf_skb_store_bytes(skb, at, bytes, count, BPF_F_RECOMPUTE_CSUM);
}

static __always_inline long xm_retarget4(struct __sk_buff *skb, struct xm_copying *c, __be32 to, __u8 hops)
{
	__u32 sum = xm_sum_offset(c);
	long err = 0;

	if (to != c->to[0]) {
		if (sum)
			err |= bpf_l4_csum_replace(skb, sum, c->to[0], to,
						   BPF_F_PSEUDO_HDR | xm_sum_flags(c) | sizeof(to));
		err |= bpf_l3_csum_replace(skb, XM_COPY_IP4_SUM, c->to[0], to, sizeof(to));
		err |= xm_put(skb, XM_COPY_IP4_TO, &to, sizeof(to));
	}
	if (hops != c->hops_now) { /* the upper byte of its word */
		err |= bpf_l3_csum_replace(skb, XM_COPY_IP4_SUM, bpf_htons((__u16)(c->hops_now << 8)),
					   bpf_htons((__u16)(hops << 8)), sizeof(__u16));
		err |= xm_put(skb, XM_COPY_IP4_TTL, &hops, sizeof(hops));
	}
	c->to[0] = to;
	return err;
}

static __always_inline long xm_retarget6(struct __sk_buff *skb, struct xm_copying *c, const __be32 *to,
					 __u8 hops)
{
	__u32 sum = xm_sum_offset(c);
	__be32 address[4];
	long err = 0;

	__builtin_memcpy(address, to, sizeof(address));
	if (sum) {
		__s64 diff = bpf_csum_diff(c->to, sizeof(c->to), address, sizeof(address), 0);

		err |= bpf_l4_csum_replace(skb, sum, 0, (__u64)diff, BPF_F_PSEUDO_HDR | xm_sum_flags(c));
	}
	err |= xm_put(skb, XM_COPY_IP6_TO, address, sizeof(address));
	if (hops != c->hops_now)
		err |= xm_put(skb, XM_COPY_IP6_HOPS, &hops, sizeof(hops));
	__builtin_memcpy(c->to, address, sizeof(address));
	return err;
}

/* `to` and `port` (0: as it came) are the collector's. 0, or the packet is as no checksum wants it. */
static __always_inline long xm_retarget(struct __sk_buff *skb, struct xm_copying *c, const __be32 *to,
					__be16 port, __u8 hops)
{
	long err = c->family == XM_IPV4 ? xm_retarget4(skb, c, to[0], hops) :
					  xm_retarget6(skb, c, to, hops);

	c->hops_now = hops;
	if (!xm_has_port(c))
		return err;
	if (!port)
		port = c->came_port;
	if (port != c->port) {
		err |= bpf_l4_csum_replace(skb, xm_sum_offset(c), c->port, port,
					   xm_sum_flags(c) | sizeof(port));
		err |= xm_put(skb, c->l4 + offsetof(struct udphdr, dest), &port, sizeof(port));
	}
	c->port = port;
	return err;
}

#endif
