/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 7, fragments: a later fragment borrows protocol and port from its first one, which is remembered
 * once a rule has taken it. Nothing remembered names a row of a table, so it outlives a reload.
 */
#ifndef XM_FOLLOW_FRAGMENT_BPF_H
#define XM_FOLLOW_FRAGMENT_BPF_H

#include "bpf/config.bpf.h"
#include "bpf/memory.bpf.h"
#include "bpf/scratch.bpf.h"
#include "maps/slot.h"

static __always_inline void xm_fragment_identity(const struct xm_inner *inner,
						 struct xm_fragment_key *key)
{
	__builtin_memset(key, 0, sizeof(*key));
	__builtin_memcpy(key->sender, inner->sender, sizeof(key->sender));
	__builtin_memcpy(key->from, inner->from, sizeof(key->from));
	__builtin_memcpy(key->to, inner->to, sizeof(key->to));
	key->id = inner->fragment_id;
	key->source = inner->source;
	key->vni = inner->vni;
	key->family = (__u8)inner->family;
	if (inner->family == XM_IPV4)
		key->protocol = (__u8)inner->protocol;
}

/* Both are global functions: see parse_inner.bpf.h. Fills in protocol and port; returns an enum
 * xm_drop_reason.
 */
__attribute__((noinline, weak)) int xm_find_first_fragment(struct xm_inner *inner)
{
	const struct xm_fragment *first;
	struct xm_fragment_key key;
	__u32 row;
	void *part;

	if (!inner)
		return XM_DROP_INTERNAL;
	row = inner->part;
	part = bpf_map_lookup_elem(&xm_fragments, &row);
	if (!part)
		return XM_DROP_INTERNAL;
	xm_fragment_identity(inner, &key);
	first = bpf_map_lookup_elem(part, &key);
	if (!first || bpf_ktime_get_ns() - first->seen_ns > XM_FRAGMENT_LIFETIME_NS)
		return XM_DROP_FRAGMENT_NO_FIRST;
	inner->protocol = first->protocol;
	inner->port = first->port;
	inner->from_port = first->from_port;
	return XM_DROP_NONE;
}

/* A full part of the memory forgets the datagram that was not asked for longest. */
__attribute__((noinline, weak)) int xm_remember_fragment(struct xm_inner *inner)
{
	struct xm_fragment first = {};
	struct xm_fragment_key key;
	__u32 row;
	void *part;

	if (!inner)
		return 0;
	row = inner->part;
	part = bpf_map_lookup_elem(&xm_fragments, &row);
	if (!part)
		return 0;
	first.seen_ns = bpf_ktime_get_ns();
	first.port = (__u16)inner->port;
	first.from_port = (__u16)inner->from_port;
	first.protocol = (__u8)inner->protocol;
	xm_fragment_identity(inner, &key);
	return (int)bpf_map_update_elem(part, &key, &first, BPF_ANY);
}

/* Whose fragments these are, and the part of the memory that they may fill. */
static __always_inline void xm_fragment_owner(const struct xm_pkt *p, struct xm_inner *inner)
{
	inner->source = p->source;
	inner->vni = p->vni;
	if (xm_feature(p, XM_FEATURE_GENEVE) && p->way == XM_WAY_GENEVE)
		__builtin_memset(inner->sender, 0, sizeof(inner->sender));
	else
		__builtin_memcpy(inner->sender, p->sender, sizeof(inner->sender));
	inner->part = xm_memory_part(p);
}

static __always_inline enum xm_next xm_stage_follow_fragment(struct xm_pkt *p)
{
	int why;

	if (XM_LIKELY(!p->rare))
		return XM_CONTINUE;
	xm_fragment_owner(p, &p->rare->inner);
	if (p->fragment != XM_LATER_FRAGMENT)
		return XM_CONTINUE;
	why = xm_find_first_fragment(&p->rare->inner);
	if (why)
		return xm_drop(p, (enum xm_drop_reason)why);
	p->protocol = p->rare->inner.protocol;
	p->port = p->rare->inner.port;
	p->from_port = p->rare->inner.from_port;
	xm_note(p, XM_NOTE_FRAGMENT_LATER);
	return XM_CONTINUE;
}

/* Called when a rule has matched. */
static __always_inline void xm_remember_if_first(struct xm_pkt *p)
{
	if (XM_LIKELY(!p->rare) || p->fragment != XM_FIRST_FRAGMENT)
		return;
	xm_remember_fragment(&p->rare->inner);
	xm_note(p, XM_NOTE_FRAGMENT_FIRST);
}

#endif
