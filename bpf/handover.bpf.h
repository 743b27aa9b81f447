/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What both tc programs have in common: a packet that XDP has handed over is known by the secret in the
 * place of its Ethernet destination (struct xm_handover), and leaves by a device or with a mark into the
 * kernel's routing.
 */
#ifndef XM_HANDOVER_BPF_H
#define XM_HANDOVER_BPF_H

#include "bpf/packet.bpf.h"

#include <linux/if_packet.h>
#include <linux/pkt_cls.h>

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

static __always_inline int xm_leave(struct __sk_buff *skb, __u8 how, __u32 value)
{
	if (how == XM_HANDOVER_ROUTE)
		return xm_route(skb, value);
	skb->mark = XM_HANDOVER_MARK;
	if (how == XM_HANDOVER_DEVICE)
		return (int)bpf_redirect(value, 0);
	return (int)bpf_redirect_neigh(value, NULL, 0, 0);
}

static __always_inline __u32 xm_handover_value(const struct xm_handover *handover)
{
	return (__u32)bpf_ntohs(handover->value[0]) << 16 | bpf_ntohs(handover->value[1]);
}

#endif
