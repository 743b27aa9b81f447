/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Part of stage 9: which collector of a pool. Fragments of a datagram go to one collector, since later ones
 * have borrowed the ports of the first.
 */
#ifndef XM_BALANCE_BPF_H
#define XM_BALANCE_BPF_H

#include "bpf/tables.bpf.h"
#include "maps/flow_hash.h"

/* Of the packet as it came: nothing is rewritten yet. */
static __always_inline __u64 xm_flow_of(const struct xm_pkt *p, __u32 balance)
{
	const __be32 *from, *to;

	if (p->inner_family == XM_IPV4) {
		from = &p->ip4->saddr;
		to = &p->ip4->daddr;
	} else {
		from = p->ip6->saddr.in6_u.u6_addr32;
		to = p->ip6->daddr.in6_u.u6_addr32;
	}
	if (!xm_feature(p, XM_FEATURE_BALANCE_PORTS) || balance == XM_BALANCE_EXPORTER)
		return xm_flow_by_exporter(p->inner_family, from);
	if (balance == XM_BALANCE_EXPORTER_PORT)
		return xm_flow_by_exporter_port(p->inner_family, from, (__u16)p->from_port);
	return xm_flow_by_tuple(p->inner_family, from, to, (__u16)p->from_port, (__u16)p->port,
				(__u8)p->protocol);
}

/* No table has it: what asks for it finds out. */
#define XM_BROKEN_ROW (XM_NO_ROW - 1)

/* Row of xm_collectors, or XM_NO_ROW. */
static __always_inline __u32 xm_balance(const struct xm_pkt *p, const struct xm_pool *pool)
{
	const struct xm_pool_slot *slot;
	__u32 row;

	if (!xm_feature(p, XM_FEATURE_BALANCE))
		return pool->collector;
	/* else the compiler asks both questions at once, and the verifier no longer sees a constant */
	asm volatile("" : "+r"(pool));
	if (!pool->slot_count)
		return pool->collector;
	row = pool->slot_base + xm_flow_slot(xm_flow_of(p, pool->balance), pool->slot_count);
	slot = bpf_map_lookup_elem(&xm_slots, &row);
	return slot ? slot->collector : XM_BROKEN_ROW;
}

#endif
