/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 6, collector: rule -> pool -> collector -> next hop. Each arrow is one word that user space
 * may change in place. The packet is checked here against what the next hop can carry.
 */
#ifndef XM_SELECT_COLLECTOR_BPF_H
#define XM_SELECT_COLLECTOR_BPF_H

#include "bpf/tables.bpf.h"

static __always_inline enum xm_next xm_stage_select_collector(struct xm_pkt *p)
{
	__u32 pool_row = p->rule->pool, collector_row, next_hop_row;
	const struct xm_pool *pool = bpf_map_lookup_elem(&xm_pools, &pool_row);

	if (XM_UNLIKELY(!pool))
		return xm_drop(p, XM_DROP_INTERNAL);
	collector_row = pool->collector;
	if (XM_UNLIKELY(collector_row == XM_NO_ROW))
		return xm_drop(p, XM_DROP_NO_COLLECTOR);
	p->collector = bpf_map_lookup_elem(&xm_collectors, &collector_row);
	if (XM_UNLIKELY(!p->collector))
		return xm_drop(p, XM_DROP_INTERNAL);
	if (XM_UNLIKELY(p->collector->family != p->inner_family))
		return xm_drop(p, XM_DROP_FAMILY_MISMATCH);

	next_hop_row = p->collector->next_hop;
	p->next_hop = bpf_map_lookup_elem(&xm_next_hops, &next_hop_row);
	if (XM_UNLIKELY(!p->next_hop))
		return xm_drop(p, XM_DROP_INTERNAL);
	if (XM_UNLIKELY(p->inner_len > p->next_hop->mtu))
		return xm_drop(p, XM_DROP_EGRESS_OVERSIZE);
	return XM_CONTINUE;
}

#endif
