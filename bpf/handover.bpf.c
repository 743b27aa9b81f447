// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The tc program on the ingress: packets that the XDP program has rewritten and passed leave by it, into
 * devices that XDP cannot redirect to, or with a mark into the kernel's routing. It knows them by the
 * secret in the place of the Ethernet destination (struct xm_handover); everything else goes on to other
 * filters.
 */
#include "bpf/packet.bpf.h"

#include <linux/pkt_cls.h>
#include <linux/if_packet.h>

const volatile __u8 xm_secret[ETH_ALEN] SEC(".rodata.handover") = {};
const volatile __u8 xm_ingress_mac[ETH_ALEN] SEC(".rodata.handover") = {};

static __always_inline int xm_is_handed_over(const struct xm_handover *handover)
{
	for (int i = 0; i < ETH_ALEN; i++) {
		if (handover->secret[i] != xm_secret[i])
			return 0;
	}
	return 1;
}

/* From here on it is a packet for this machine like any other, but for its mark. */
static __always_inline int xm_route(struct __sk_buff *skb, __u32 mark)
{
	struct xm_ethhdr *eth;

	if (bpf_skb_change_type(skb, PACKET_HOST))
		return TC_ACT_SHOT;
	eth = (void *)(long)skb->data;
	if ((void *)(eth + 1) > (void *)(long)skb->data_end)
		return TC_ACT_SHOT;
	for (int i = 0; i < ETH_ALEN; i++)
		eth->dst[i] = xm_ingress_mac[i];
	skb->mark = mark;
	return TC_ACT_OK;
}

SEC("tc")
int xdpmirror_tc(struct __sk_buff *skb)
{
	const struct xm_handover *handover = (void *)(long)skb->data;
	__u32 value;
	__u8 how;

	if ((void *)(handover + 1) > (void *)(long)skb->data_end || !xm_is_handed_over(handover))
		return TC_ACT_UNSPEC;
	value = (__u32)bpf_ntohs(handover->value[0]) << 16 | bpf_ntohs(handover->value[1]);
	how = handover->how;
	if (how == XM_HANDOVER_ROUTE)
		return xm_route(skb, value);
	skb->mark = XM_HANDOVER_MARK;
	if (how == XM_HANDOVER_DEVICE)
		return (int)bpf_redirect(value, 0);
	return (int)bpf_redirect_neigh(value, NULL, 0, 0);
}

char xm_license[] SEC("license") = "Dual BSD/GPL";
