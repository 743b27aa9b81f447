/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 2, decapsulation: outer lengths agree with each other and the frame, and the VXLAN header
 * (RFC 7348 section 5) carries a VNI. Reserved bits are ignored on receipt, as the RFC wants it.
 *
 *   0                   1                   2                   3
 *   |R|R|R|R|I|R|R|R|            reserved                           |
 *   |                VXLAN network identifier       |   reserved    |
 */
#ifndef XM_DECAP_VXLAN_BPF_H
#define XM_DECAP_VXLAN_BPF_H

#include "bpf/parse_outer.bpf.h"

#define XM_VXLAN_I_BIT 0x08000000

struct xm_vxlanhdr {
	__be32 flags;
	__be32 vni; /* upper 24 bits */
};

static __always_inline enum xm_next xm_stage_decap_vxlan(struct xm_pkt *p)
{
	struct xm_vxlanhdr *vxlan = p->pos;

	p->present = xm_bytes_present(p);
	if (XM_UNLIKELY(xm_offset(p, vxlan) + sizeof(*vxlan) > p->outer_end ||
			p->outer_end > p->frame_len || p->frame_len > p->present))
		return xm_drop(p, XM_DROP_OUTER_LENGTH);
	if (XM_UNLIKELY((void *)(vxlan + 1) > p->end))
		return xm_drop(p, XM_DROP_HEADERS_NOT_LINEAR);
	if (XM_UNLIKELY(!(vxlan->flags & bpf_htonl(XM_VXLAN_I_BIT))))
		return xm_drop(p, XM_DROP_VXLAN_NO_VNI);

	p->vni = bpf_ntohl(vxlan->vni) >> 8;
	p->pos = vxlan + 1;
	return XM_CONTINUE;
}

#endif
