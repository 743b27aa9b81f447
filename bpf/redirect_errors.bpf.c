// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the kernel or a driver refuses after our verdict was "send" shows only in tracepoints. These
 * programs put it in the same books: every refused frame that came in by our interface is counted
 * under EGRESS_REJECTED. Only packets are known there, not bytes.
 */
#include "bpf/books.bpf.h"
#include "bpf/kernel_types.bpf.h"

#include <bpf/bpf_core_read.h>

const volatile __u32 xm_ingress_ifindex SEC(".rodata.ingress") = 0;
const volatile __u32 xm_ingress_netns SEC(".rodata.ingress") = 0; /* inode number of the namespace */

/* In place of constants, since a reload changes it under the programs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_watched);
} xm_watched SEC(".maps");

#define XM_ARPHRD_ETHER 1 /* ARPHRD_ETHER of linux/if_arp.h */

static __always_inline int xm_is_ingress(const void *device)
{
	const struct net_device *dev = device;

	return (__u32)BPF_CORE_READ(dev, ifindex) == xm_ingress_ifindex &&
	       BPF_CORE_READ(dev, nd_net.net, ns.inum) == xm_ingress_netns;
}

static __always_inline int xm_rejected(const void *ingress, __s32 frames)
{
	struct xm_count *count;

	if (frames <= 0 || !xm_is_ingress(ingress))
		return 0;
	count = xm_drop_count(XM_DROP_EGRESS_REJECTED);
	if (count)
		count->packets += (__u32)frames;
	return 0;
}

/* (from_dev, to_dev, sent, drops, err): a batch reached ndo_xdp_xmit */
SEC("raw_tp/xdp_devmap_xmit")
int xm_devmap_xmit(struct bpf_raw_tracepoint_args *ctx)
{
	return xm_rejected((void *)ctx->args[0], (__s32)ctx->args[3]);
}

/* (dev, prog, target, err, ...): refused before it was queued */
SEC("raw_tp/xdp_redirect_err")
int xm_redirect_err(struct bpf_raw_tracepoint_args *ctx)
{
	return xm_rejected((void *)ctx->args[0], 1);
}

SEC("raw_tp/xdp_redirect_map_err")
int xm_map_err(struct bpf_raw_tracepoint_args *ctx)
{
	return xm_rejected((void *)ctx->args[0], 1);
}

#define XM_IP_FRAGMENT_AT 6 /* flags and offset in the IPv4 header */
#define XM_IP_MORE 0x2000
#define XM_IP_OFFSET 0x1fff

/* Of a packet that the kernel was to fragment, one death counts: its first fragment's, or its own where it
 * was not fragmented. What was fragmented in vain dies as well, larger than the device takes.
 */
static __always_inline int xm_counts_otherwise(const struct sk_buff *skb, const struct net_device *dev)
{
	const unsigned char *ip = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
	__be16 fragment = 0;

	if (BPF_CORE_READ(skb, mark) != XM_FRAGMENT_MARK)
		return 0;
	bpf_probe_read_kernel(&fragment, sizeof(fragment), ip + XM_IP_FRAGMENT_AT);
	if (fragment & bpf_htons(XM_IP_OFFSET))
		return 1;
	return !(fragment & bpf_htons(XM_IP_MORE)) &&
	       (__u32)BPF_CORE_READ(dev, ifindex) != xm_ingress_ifindex &&
	       BPF_CORE_READ(skb, len) > BPF_CORE_READ(dev, mtu);
}

static __always_inline int xm_is_marked(const struct xm_watched *watched, __u32 mark)
{
	int found = mark == XM_FRAGMENT_MARK;

	for (int i = 0; i < XM_WATCHED_CONFIGS * XM_MAX_MARKS; i++)
		found |= mark == watched->marks[i];
	return found;
}

/* A packet for the tc program that it has not taken: the program is gone, and the stack drops the packet as
 * somebody else's.
 */
static __always_inline int xm_is_left_over(const struct xm_watched *watched, const struct sk_buff *skb)
{
	const unsigned char *eth = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, mac_header);
	__u8 dst[ETH_ALEN] = {};

	bpf_probe_read_kernel(dst, sizeof(dst), eth);
	for (int config = 0; config < XM_WATCHED_CONFIGS; config++) {
		const __u8 *secret = watched->secret[config];
		__u8 differs = 0;
		__u8 any = 0;

		for (int i = 0; i < ETH_ALEN; i++) {
			differs |= dst[i] ^ secret[i];
			any |= secret[i];
		}
		if (any && !differs)
			return 1;
	}
	return 0;
}

/* (skb, location, ...): a packet that was handed over, and that dies on the ingress, on the way into its
 * device or out of the stack. Behind an Ethernet device nobody looks: what a driver frees there was perhaps
 * sent.
 */
SEC("raw_tp/kfree_skb")
int xm_kfree_skb(struct bpf_raw_tracepoint_args *ctx)
{
	const struct sk_buff *skb = (void *)ctx->args[0];
	__u32 mark = BPF_CORE_READ(skb, mark);
	const struct xm_watched *watched;
	const struct net_device *dev;
	struct xm_count *count;
	__u32 row = 0;

	watched = bpf_map_lookup_elem(&xm_watched, &row);
	dev = BPF_CORE_READ(skb, dev);
	if (!watched || !dev)
		return 0;
	if (mark && xm_is_marked(watched, mark)) {
		if (BPF_CORE_READ(dev, nd_net.net, ns.inum) != xm_ingress_netns ||
		    ((__u32)BPF_CORE_READ(dev, ifindex) != xm_ingress_ifindex &&
		     BPF_CORE_READ(dev, type) == XM_ARPHRD_ETHER) ||
		    xm_counts_otherwise(skb, dev))
			return 0;
	} else if (!xm_is_ingress(dev) || !xm_is_left_over(watched, skb)) {
		return 0;
	}
	count = xm_drop_count(XM_DROP_EGRESS_REJECTED);
	if (count)
		count->packets++;
	return 0;
}

/* (dev, prog, action): XDP_TX that the driver could not queue; our own aborts are in the books */
SEC("raw_tp/xdp_exception")
int xm_exception(struct bpf_raw_tracepoint_args *ctx)
{
	if ((__u32)ctx->args[2] != XDP_TX)
		return 0;
	return xm_rejected((void *)ctx->args[0], 1);
}

/* (dev, sent, drops, err): drivers that send XDP_TX in batches */
SEC("raw_tp/xdp_bulk_tx")
int xm_bulk_tx(struct bpf_raw_tracepoint_args *ctx)
{
	return xm_rejected((void *)ctx->args[0], (__s32)ctx->args[2]);
}

char xm_license[] SEC("license") = "Dual BSD/GPL";
