/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 3, VXLAN (RFC 7348 section 5): the header carries a VNI. Reserved bits are ignored on receipt, as
 * the RFC wants it, but remembered. Two of them make VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe section 3): P,
 * and a next protocol in place of the last reserved byte; only Ethernet inside is a mirror.
 *
 *   |R|R|R|R|I|P|R|R|            reserved           | next protocol |
 *   |                VXLAN network identifier       |   reserved    |
 */
#ifndef XM_PARSE_VXLAN_BPF_H
#define XM_PARSE_VXLAN_BPF_H

#include "bpf/packet.bpf.h"

#define XM_VXLAN_I_BIT 0x08000000
#define XM_VXLAN_P_BIT 0x04000000
#define XM_VXLAN_NEXT_PROTOCOL 0x000000ff
#define XM_VXLAN_ETHERNET 3

struct xm_vxlanhdr {
	__be32 flags;
	__be32 vni; /* upper 24 bits */
};

/* Flags other than the I bit alone. */
static __always_inline enum xm_next xm_vxlan_odd(struct xm_pkt *p, __u32 flags)
{
	__u32 next = flags & XM_VXLAN_NEXT_PROTOCOL;

	if (!(flags & XM_VXLAN_I_BIT))
		return xm_drop(p, XM_DROP_VXLAN_NO_VNI);
	if ((flags & XM_VXLAN_P_BIT) && next != 0 && next != XM_VXLAN_ETHERNET)
		return xm_drop(p, XM_DROP_VXLAN_GPE);
	p->odd_bits = 1;
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_stage_parse_vxlan(struct xm_pkt *p)
{
	struct xm_vxlanhdr *vxlan = p->pos;
	__u32 vni;

	if (XM_UNLIKELY((void *)(vxlan + 1) > p->end))
		return xm_drop(p, XM_DROP_HEADERS_NOT_LINEAR);
	vni = bpf_ntohl(vxlan->vni);
	p->vni = vni >> 8;
	p->odd_bits = vni & 0xff;
	p->pos = vxlan + 1;
	if (XM_UNLIKELY(vxlan->flags != bpf_htonl(XM_VXLAN_I_BIT)))
		return xm_vxlan_odd(p, bpf_ntohl(vxlan->flags));
	return XM_CONTINUE;
}

#endif
