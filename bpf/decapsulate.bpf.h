/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 5, decapsulation: whatever the way in, the frame begins with the inner Ethernet header from
 * here on. Header pointers are dead afterwards.
 */
#ifndef XM_DECAPSULATE_BPF_H
#define XM_DECAPSULATE_BPF_H

#include "bpf/packet.bpf.h"

static __always_inline enum xm_next xm_stage_decapsulate(struct xm_pkt *p)
{
	enum xm_drop_reason short_of = XM_NEED(p, p->pos, ETH_HLEN);

	if (XM_UNLIKELY(short_of))
		return xm_drop(p, short_of);
	if (XM_UNLIKELY(xm_packet_strip_head(p, xm_offset(p, p->pos))))
		return xm_drop(p, XM_DROP_INTERNAL);
	return XM_CONTINUE;
}

#endif
