/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 3, admission: VNI and outer sender name the source, or the packet is dropped. Usual profiles
 * have a few IPv4 prefixes a VNI, which stand in the VNI's own row; the trie serves the rest.
 */
#ifndef XM_ADMIT_BPF_H
#define XM_ADMIT_BPF_H

#include "bpf/config.bpf.h"
#include "bpf/tables.bpf.h"
#include "maps/slot.h"

static __always_inline __u32 xm_admit_inline(const struct xm_pkt *p, const struct xm_vni *vni)
{
	for (__u32 i = 0; i < XM_INLINE_SENDERS; i++) {
		const struct xm_sender4 *sender = &vni->sender[i];

		if ((p->sender[0] & sender->mask) == sender->addr)
			return sender->source;
	}
	return XM_NO_ROW;
}

static __always_inline __u32 xm_admit_lpm(const struct xm_pkt *p)
{
	struct xm_sender_key key = {
		.prefix_bits = (sizeof(key) - sizeof(key.prefix_bits)) * 8,
		.vni = bpf_htonl(p->vni),
	};
	const struct xm_sender *sender;

	if (p->outer_family == XM_IPV4) {
		key.addr[2] = bpf_htonl(0xffff);
		key.addr[3] = p->sender[0];
	} else {
		/* no IPv6 sender may pass for an IPv4 one: such addresses are never on a wire */
		if (!p->sender[0] && !p->sender[1] && p->sender[2] == bpf_htonl(0xffff))
			return XM_NO_ROW;
		__builtin_memcpy(key.addr, p->sender, sizeof(key.addr));
	}
	sender = bpf_map_lookup_elem(&xm_senders, &key);
	return sender ? sender->source : XM_NO_ROW;
}

static __always_inline const struct xm_vni *xm_find_vni(const struct xm_pkt *p, __u64 vni)
{
	for (__u32 choice = 0; choice < XM_HASH_CHOICES; choice++) {
		__u32 slot = xm_slot(&p->cfg->vnis, choice, &vni, 1);
		const struct xm_vni *row = bpf_map_lookup_elem(&xm_vnis, &slot);

		if (row && row->vni == vni)
			return row;
	}
	return NULL;
}

static __always_inline enum xm_next xm_stage_admit(struct xm_pkt *p)
{
	const struct xm_vni *vni = xm_find_vni(p, p->vni);

	if (XM_UNLIKELY(!vni))
		return xm_drop(p, XM_DROP_VNI_UNKNOWN);
	if (xm_feature(p, XM_FEATURE_SENDER_LPM) &&
	    (p->outer_family == XM_IPV4 ? vni->lpm4 : vni->lpm6))
		p->source = xm_admit_lpm(p);
	else if (p->outer_family == XM_IPV4)
		p->source = xm_admit_inline(p, vni);
	if (XM_UNLIKELY(p->source == XM_NO_ROW))
		return xm_drop(p, XM_DROP_SENDER_NOT_ALLOWED);
	return XM_CONTINUE;
}

#endif
