/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Plain input: what stage 1 would pass is parsed as if it had been decapsulated, and claimed only when
 * destination, sender and a rule say so. Until then every "drop" of a stage means "not ours".
 */
#ifndef XM_CLAIM_PLAIN_BPF_H
#define XM_CLAIM_PLAIN_BPF_H

#include "bpf/admit.bpf.h"
#include "bpf/parse_outer.bpf.h"

/* Turns a pass into an offer to the plain sources; p->pass_reason stays for those that decline. */
static __always_inline enum xm_next xm_stage_offer_plain(struct xm_pkt *p)
{
	if (!xm_feature(p, XM_FEATURE_PLAIN))
		return XM_PASS;
	p->way = XM_WAY_PLAIN;
	p->vni = XM_WAY_PLAIN << XM_WAY_SHIFT; /* no rule's VNI */
	p->present = xm_bytes_present(p);
	p->grant_end = p->present;
	return XM_CONTINUE;
}

static __always_inline int xm_is_plain(const struct xm_pkt *p)
{
	return xm_feature(p, XM_FEATURE_PLAIN) && p->way == XM_WAY_PLAIN;
}

/* Valid IP is at hand: is there a source with this destination and sender? */
static __always_inline enum xm_next xm_stage_claim_plain(struct xm_pkt *p)
{
	__be32 to[4] = {};
	__u32 source;

	if (!xm_is_plain(p))
		return XM_CONTINUE;
	p->frame_len = p->inner_offset + p->inner_len;
	p->sender_family = p->inner_family;
	if (p->inner_family == XM_IPV4) {
		p->sender[0] = p->ip4->saddr;
		p->sender[1] = p->sender[2] = p->sender[3] = 0;
		to[0] = p->ip4->daddr;
	} else {
		__builtin_memcpy(p->sender, &p->ip6->saddr, sizeof(p->sender));
		__builtin_memcpy(to, &p->ip6->daddr, sizeof(to));
	}
	source = xm_admit_lpm(XM_WAY_PLAIN_TO << XM_WAY_SHIFT, p->inner_family, to);
	if (source == XM_NO_ROW)
		return XM_PASS;
	return xm_admit_as(p, XM_WAY_PLAIN << XM_WAY_SHIFT | source) == XM_CONTINUE ? XM_CONTINUE :
										       XM_PASS;
}

/* Before a rule has matched, plain input is not ours, whatever a stage found wrong with it. */
static __always_inline enum xm_next xm_unless_plain(const struct xm_pkt *p, enum xm_next next)
{
	return next == XM_DROP && xm_is_plain(p) ? XM_PASS : next;
}

#endif
