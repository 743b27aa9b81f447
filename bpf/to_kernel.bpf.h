/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 11, for packets larger than their egress: the kernel is to route and fragment them. It gets one
 * only if it can send it on, since a router that cannot would tell the sender by ICMP: TTL, options and
 * DF were seen to before; here route, forwarding and neighbour, by the very egress of the profile. Where
 * the kernel is the way out anyway, its route depends on the mark, and the attachment keeps it silent.
 */
#ifndef XM_TO_KERNEL_BPF_H
#define XM_TO_KERNEL_BPF_H

#include "bpf/config.bpf.h"
#include "bpf/scratch.bpf.h"

#define XM_AF_INET 2 /* AF_INET of sys/socket.h */

static __always_inline enum xm_next xm_stage_to_kernel(struct xm_pkt *p)
{
	__u32 row = 0;
	struct xm_scratch *scratch;
	struct bpf_fib_lookup *route;
	long found;

	if (XM_LIKELY(!xm_feature(p, XM_FEATURE_OVERSIZE) || p->to_kernel != XM_KERNEL_FRAGMENTS))
		return XM_CONTINUE;
	xm_note(p, XM_NOTE_OVERSIZE_FRAGMENTED);
	if (xm_feature(p, XM_FEATURE_ON_PAPER))
		return XM_CONTINUE;
	if (xm_feature(p, XM_FEATURE_HANDOVER) && p->next_hop->path == XM_PATH_KERNEL)
		return XM_CONTINUE;
	scratch = bpf_map_lookup_elem(&xm_scratch, &row);
	if (!scratch)
		return xm_drop(p, XM_DROP_INTERNAL);
	route = &scratch->route;
	__builtin_memset(route, 0, sizeof(*route));
	route->family = XM_AF_INET;
	route->tos = p->ip4->tos;
	route->l4_protocol = p->ip4->protocol;
	route->ipv4_src = p->ip4->saddr;
	route->ipv4_dst = p->ip4->daddr;
	route->ifindex = p->xdp->ingress_ifindex;
	/* tot_len 0: its size is what we know already */
	found = bpf_fib_lookup(p->xdp, route, sizeof(*route), 0);
	/* a device without Ethernet header has no neighbours */
	if (xm_feature(p, XM_FEATURE_HANDOVER) && found == BPF_FIB_LKUP_RET_NO_NEIGH &&
	    p->next_hop->path == XM_PATH_TC)
		found = BPF_FIB_LKUP_RET_SUCCESS;
	if (found != BPF_FIB_LKUP_RET_SUCCESS || route->ifindex != p->next_hop->ifindex ||
	    route->ifindex == p->xdp->ingress_ifindex) {
		p->notes &= ~(1U << XM_NOTE_OVERSIZE_FRAGMENTED | 1U << XM_NOTE_TRUNCATED_FORWARDED);
		return xm_drop(p, XM_DROP_OVERSIZE_NO_ROUTE);
	}
	return XM_CONTINUE;
}

#endif
