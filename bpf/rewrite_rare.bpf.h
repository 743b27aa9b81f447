/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Part of the rewrite: transports other than UDP, packets that are not the usual ones, and sources that
 * want their checksums otherwise. A global function for the reason that parse_inner.bpf.h gives.
 */
#ifndef XM_REWRITE_RARE_BPF_H
#define XM_REWRITE_RARE_BPF_H

#include "bpf/parse_transport.bpf.h"
#include "bpf/recompute.bpf.h"

#define XM_POLICY_CHECKSUM (XM_POLICY_CHECKSUM_ZERO | XM_POLICY_CHECKSUM_RECOMPUTE)

#define XM_TCP_CHECK 16 /* offset of the checksum in a header, bytes */
#define XM_DCCP_CHECK 6
#define XM_ICMP6_CHECK 2

/* RFC 768: a sent 0 means "no checksum", so 0 stays 0 and a computed 0 is sent as all ones. */
static __always_inline void xm_update_udp(struct udphdr *udp, __u32 diff)
{
	if (udp->check) {
		__sum16 check = xm_csum_apply(udp->check, diff);

		udp->check = check ? check : (__sum16)0xffff;
	}
}

static __always_inline void xm_rewrite_udp(struct xdp_md *xdp, struct xm_scratch *scratch,
					   struct udphdr *udp, __u32 diff)
{
	const struct xm_inner *inner = &scratch->inner;

	if (inner->truncated && bpf_ntohs(udp->len) > inner->l4_bytes)
		udp->len = bpf_htons((__u16)inner->l4_bytes);
	if (inner->family == XM_IPV4 && (inner->policy & XM_POLICY_CHECKSUM_ZERO))
		udp->check = 0;
	else if (inner->truncated ||
		 ((inner->policy & XM_POLICY_CHECKSUM_RECOMPUTE) && !inner->fragment))
		xm_recompute_udp(xdp, scratch, udp);
	else
		xm_update_udp(udp, diff);
}

/* `header` has `bytes` in the first buffer, a constant. */
#define XM_HAS(header, end, bytes) ((void *)(header) + (bytes) <= (end))

/* RFC 3828 section 3.1: UDP-Lite, too, sends a computed 0 as all ones. */
static __always_inline void xm_update_check(__sum16 *check, __u32 diff, __u32 transport)
{
	__sum16 sum = xm_csum_apply(*check, diff);

	*check = sum || transport != XM_TRANSPORT_UDPLITE ? sum : (__sum16)0xffff;
}

/* Where the transport's checksum is in its header; 0 for none. */
static __always_inline __u32 xm_check_offset(__u32 transport)
{
	switch (transport) {
	case XM_TRANSPORT_TCP:
		return XM_TCP_CHECK;
	case XM_TRANSPORT_UDPLITE:
		return offsetof(struct udphdr, check);
	case XM_TRANSPORT_DCCP:
		return XM_DCCP_CHECK;
	case XM_TRANSPORT_ICMP6:
		return XM_ICMP6_CHECK;
	default:
		return 0;
	}
}

/* The header at scratch->inner.l4_offset. Returns an enum xm_drop_reason. */
__attribute__((noinline, weak)) int xm_rewrite_rare(struct xdp_md *xdp, struct xm_scratch *scratch)
{
	void *start = (void *)(long)xdp->data, *end = (void *)(long)xdp->data_end;
	struct xm_ports *ports;
	__u32 transport, at;
	__u32 diff;

	if (!scratch)
		return XM_DROP_INTERNAL;
	transport = scratch->inner.transport;
	if (transport == XM_TRANSPORT_NONE)
		return XM_DROP_NONE;
	if (scratch->inner.l4_offset > XM_MAX_L4_OFFSET)
		return XM_DROP_INTERNAL;
	ports = start + scratch->inner.l4_offset;
	diff = scratch->inner.sum_diff;
	if (scratch->inner.new_port &&
	    (transport == XM_TRANSPORT_UDP || transport == XM_TRANSPORT_TCP ||
	     transport == XM_TRANSPORT_UDPLITE)) {
		if (!XM_HAS(ports, end, sizeof(*ports)))
			return XM_DROP_INTERNAL;
		diff += xm_csum_diff16(ports->dest, scratch->inner.new_port);
		ports->dest = scratch->inner.new_port;
	}
	if (transport == XM_TRANSPORT_UDP) {
		if (!XM_HAS(ports, end, sizeof(struct udphdr)))
			return XM_DROP_INTERNAL;
		xm_rewrite_udp(xdp, scratch, (struct udphdr *)ports, diff);
		return XM_DROP_NONE;
	}
	at = xm_check_offset(transport);
	if (!XM_HAS((void *)ports + at, end, sizeof(__sum16)))
		return XM_DROP_INTERNAL;
	xm_update_check((void *)ports + at, diff, transport);
	return XM_DROP_NONE;
}

/* `offset` of the transport's header in the frame, `bytes` from there to the end of the packet. */
static __always_inline enum xm_next xm_rewrite_by_offset(struct xm_pkt *p, __u32 offset, __u32 bytes,
							 __u32 diff)
{
	__u32 row = 0;
	struct xm_scratch *scratch = bpf_map_lookup_elem(&xm_scratch, &row);
	int why;

	if (!scratch)
		return xm_drop(p, XM_DROP_INTERNAL);
	scratch->inner.family = (__u32)p->inner_family;
	scratch->inner.inner_offset = p->inner_offset;
	scratch->inner.policy = p->policy;
	scratch->inner.transport = (__u32)p->transport;
	scratch->inner.l4_offset = offset;
	scratch->inner.l4_bytes = bytes;
	scratch->inner.fragment = (__u32)p->fragment;
	scratch->inner.truncated = p->truncated;
	scratch->inner.sum_diff = diff;
	scratch->inner.new_port = p->rule->udp_port;
	why = xm_rewrite_rare(p->xdp, scratch);
	return why ? xm_drop(p, (enum xm_drop_reason)why) : XM_CONTINUE;
}

#endif
