// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The tc program on the ingress: packets that the XDP program has rewritten and passed leave by it, into
 * devices that XDP cannot redirect to, or with a mark into the kernel's routing. Everything else goes on to
 * other filters. Where rules send to several pools, bpf/copies.bpf.c takes its place.
 */
#include "bpf/handover.bpf.h"

SEC("tc")
int xdpmirror_tc(struct __sk_buff *skb)
{
	const struct xm_handover *handover = (void *)(long)skb->data;

	if ((void *)(handover + 1) > (void *)(long)skb->data_end || !xm_is_handed_over(handover))
		return TC_ACT_UNSPEC;
	return xm_leave(skb, handover->how, xm_handover_value(handover));
}

char xm_license[] SEC("license") = "Dual BSD/GPL";
