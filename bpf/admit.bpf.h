/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 4, admission: VNI and outer sender name the source, or the packet is dropped. Usual profiles
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

/* The tries hold IPv4 as ::ffff:a.b.c.d. No IPv6 address may pass for one: such are never on a wire. */
static __always_inline int xm_looks_like_ip4(const __be32 *addr6)
{
	return !addr6[0] && !addr6[1] && addr6[2] == bpf_htonl(0xffff);
}

/* The source of an address in the part of xm_senders that `vni` (with its way) names. */
static __always_inline __u32 xm_admit_lpm(__u32 vni, __u64 family, const __be32 *addr)
{
	struct xm_sender_key key = {
		.prefix_bits = (sizeof(key) - sizeof(key.prefix_bits)) * 8,
		.vni = bpf_htonl(vni),
	};
	const struct xm_sender *sender;

	if (family == XM_IPV4) {
		key.addr[2] = bpf_htonl(0xffff);
		key.addr[3] = addr[0];
	} else {
		if (xm_looks_like_ip4(addr))
			return XM_NO_ROW;
		__builtin_memcpy(key.addr, addr, sizeof(key.addr));
	}
	sender = bpf_map_lookup_elem(&xm_senders, &key);
	return sender ? sender->source : XM_NO_ROW;
}

/* `vni` with its way above it. */
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

/* Sets p->source and p->policy by the sender. */
static __always_inline enum xm_next xm_admit_sender(struct xm_pkt *p, const struct xm_vni *vni)
{
	if (xm_feature(p, XM_FEATURE_SENDER_LPM) &&
	    (p->sender_family == XM_IPV4 ? vni->lpm4 : vni->lpm6))
		p->source = xm_admit_lpm(vni->vni, p->sender_family, p->sender);
	else if (p->sender_family == XM_IPV4)
		p->source = xm_admit_inline(p, vni);
	if (XM_UNLIKELY(p->source == XM_NO_ROW))
		return xm_drop(p, XM_DROP_SENDER_NOT_ALLOWED);
	if (xm_feature(p, XM_FEATURE_POLICY)) {
		__u32 row = p->source;
		const struct xm_source *source = bpf_map_lookup_elem(&xm_sources, &row);

		if (XM_UNLIKELY(!source))
			return xm_drop(p, XM_DROP_INTERNAL);
		p->policy = source->policy;
	}
	return XM_CONTINUE;
}

/* `vni` with its way above it. */
static __always_inline enum xm_next xm_admit_as(struct xm_pkt *p, __u32 vni)
{
	const struct xm_vni *row = xm_find_vni(p, vni);

	return row ? xm_admit_sender(p, row) : xm_drop(p, XM_DROP_VNI_UNKNOWN);
}

static __always_inline enum xm_next xm_stage_admit(struct xm_pkt *p)
{
	const struct xm_vni *vni;
	enum xm_next next;

	if (xm_feature(p, XM_FEATURE_GENEVE) && p->way == XM_WAY_GENEVE) {
		vni = xm_find_vni(p, XM_WAY_GENEVE << XM_WAY_SHIFT | p->vni);
		if (!vni)
			vni = xm_find_vni(p, XM_WAY_GENEVE_ANY << XM_WAY_SHIFT);
	} else {
		vni = xm_find_vni(p, p->vni);
	}
	if (XM_UNLIKELY(!vni))
		return xm_drop(p, XM_DROP_VNI_UNKNOWN);
	next = xm_admit_sender(p, vni);
	if (XM_UNLIKELY(next == XM_CONTINUE && p->odd_bits)) {
		if (p->policy & XM_POLICY_STRICT)
			return xm_drop(p, XM_DROP_VXLAN_RESERVED);
		xm_note(p, XM_NOTE_VXLAN_RESERVED);
	}
	return next;
}

#endif
