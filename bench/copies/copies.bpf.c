// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One packet becomes several, each with another destination, by one of four ways. All of them take the
 * VXLAN headers off first. The programs at tracepoints note what the kernel tells of copies that are lost.
 */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "bench/copies/copies.h"
#include "bench/frame.h"
#include "bench/rewrite.bpf.h"
#include "bpf/kernel_types.bpf.h"

const volatile __u32 copy_count;
const volatile __u32 clone_last;  /* the last copy is a clone too, and has a return value */
const volatile __u32 node_netns; /* inode number */
struct xm_bench_copy copies[XM_BENCH_MAX_COPIES];

/* In place of the Ethernet destination: what tc is to take. */
static const __u8 handed_over[ETH_ALEN] = {0x06, 0x78, 0x6d, 0x63, 0x70, 0x79};

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, XM_BENCH_MAX_COPIES);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpf_devmap_val));
} out_devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} to_user SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, struct xm_bench_event_key);
	__type(value, __u64);
} events SEC(".maps");

static __always_inline void xm_bench_note(enum xm_bench_event event, __s32 value, __u64 count)
{
	struct xm_bench_event_key key = {event, value};
	__u64 zero = 0, *so_far;

	bpf_map_update_elem(&events, &key, &zero, BPF_NOEXIST);
	so_far = bpf_map_lookup_elem(&events, &key);
	if (so_far)
		__sync_fetch_and_add(so_far, count);
}

/* The headers of an IPv4 datagram, or NULL. */
static __always_inline struct ethhdr *xm_bench_headers(void *data, void *end)
{
	struct ethhdr *ether = data;
	struct iphdr *ip = (void *)(ether + 1);

	if ((void *)ip + sizeof(*ip) + sizeof(struct udphdr) > end ||
	    ether->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 || ip->protocol != IPPROTO_UDP)
		return NULL;
	return ether;
}

static __always_inline struct ethhdr *xm_bench_decapsulate(struct xdp_md *xdp)
{
	if (!xm_bench_headers((void *)(long)xdp->data, (void *)(long)xdp->data_end) ||
	    bpf_xdp_adjust_head(xdp, XM_BENCH_INNER_ETHER))
		return NULL;
	return xm_bench_headers((void *)(long)xdp->data, (void *)(long)xdp->data_end);
}

static __always_inline void xm_bench_send_to(struct ethhdr *ether, const struct xm_bench_copy *copy)
{
	xm_bench_rewrite(ether, copy->address, copy->port, &copy->ether);
}

/* The control: one packet, one destination, nothing copied. */
SEC("xdp")
int xm_bench_one(struct xdp_md *xdp)
{
	struct ethhdr *ether = xm_bench_decapsulate(xdp);

	if (!ether)
		return XDP_DROP;
	xm_bench_send_to(ether, &copies[0]);
	return (int)bpf_redirect_map(&out_devices, 0, 0);
}

SEC("xdp")
int xm_bench_broadcast(struct xdp_md *xdp)
{
	if (!xm_bench_decapsulate(xdp))
		return XDP_DROP;
	return (int)bpf_redirect_map(&out_devices, 0, BPF_F_BROADCAST);
}

static __always_inline int xm_bench_to(struct xdp_md *xdp, const struct xm_bench_copy *copy)
{
	struct ethhdr *ether =
		xm_bench_headers((void *)(long)xdp->data, (void *)(long)xdp->data_end);

	if (!ether)
		return XDP_DROP;
	xm_bench_send_to(ether, copy);
	return XDP_PASS;
}

SEC("xdp/devmap")
int xm_bench_to_0(struct xdp_md *xdp)
{
	return xm_bench_to(xdp, &copies[0]);
}

SEC("xdp/devmap")
int xm_bench_to_1(struct xdp_md *xdp)
{
	return xm_bench_to(xdp, &copies[1]);
}

SEC("xdp/devmap")
int xm_bench_to_2(struct xdp_md *xdp)
{
	return xm_bench_to(xdp, &copies[2]);
}

SEC("xdp")
int xm_bench_hand_over(struct xdp_md *xdp)
{
	struct ethhdr *ether = xm_bench_decapsulate(xdp);

	if (!ether)
		return XDP_DROP;
	__builtin_memcpy(ether->h_dest, handed_over, ETH_ALEN);
	return XDP_PASS;
}

SEC("tc")
int xm_bench_clone(struct __sk_buff *skb)
{
	struct ethhdr *ether =
		xm_bench_headers((void *)(long)skb->data, (void *)(long)skb->data_end);

	if (!ether || __builtin_memcmp(ether->h_dest, handed_over, ETH_ALEN))
		return TC_ACT_UNSPEC;
	for (__u32 i = 0; i < XM_BENCH_MAX_COPIES; i++) {
		long err;

		ether = xm_bench_headers((void *)(long)skb->data, (void *)(long)skb->data_end);
		if (!ether)
			return TC_ACT_SHOT;
		xm_bench_send_to(ether, &copies[i]);
		skb->mark = XM_BENCH_COPY_MARK + i;
		if (i + 1 >= copy_count && !clone_last)
			return (int)bpf_redirect(copies[i].ifindex, 0);
		err = bpf_clone_redirect(skb, copies[i].ifindex, 0);
		if (err)
			xm_bench_note(XM_BENCH_RETURNED, (__s32)(i << 16 | (err & 0xffff)), 1);
		if (i + 1 >= copy_count)
			return TC_ACT_STOLEN;
	}
	return TC_ACT_SHOT;
}

SEC("xdp")
int xm_bench_to_user(struct xdp_md *xdp)
{
	struct xm_bench_record *record;
	const __u32 headers = sizeof(struct ethhdr) + sizeof(struct iphdr) + sizeof(struct udphdr);
	__u32 more;

	if (!xm_bench_decapsulate(xdp))
		return XDP_DROP;
	more = (__u32)(xdp->data_end - xdp->data) - headers;
	if (more >= XM_BENCH_RECORD_MORE)
		return XDP_DROP;
	barrier_var(more); /* keeps the mask, from which the verifier (seen: 6.1, 6.18) takes its bounds */
	more &= XM_BENCH_RECORD_MORE - 1;
	record = bpf_ringbuf_reserve(&to_user, sizeof(*record), 0);
	if (!record) {
		xm_bench_note(XM_BENCH_RING_FULL, 0, 1);
		return XDP_DROP;
	}
	record->bytes = headers + more;
	if (bpf_xdp_load_bytes(xdp, 0, record->data, headers + more)) {
		bpf_ringbuf_discard(record, 0);
		return XDP_DROP;
	}
	bpf_ringbuf_submit(record, 0);
	return XDP_DROP;
}

static __always_inline int xm_bench_is_here(const struct net_device *dev)
{
	return dev && BPF_CORE_READ(dev, nd_net.net, ns.inum) == node_netns;
}

/* (skb, location, reason) */
SEC("raw_tp/kfree_skb")
int xm_bench_freed(struct bpf_raw_tracepoint_args *ctx)
{
	const struct sk_buff *skb = (void *)ctx->args[0];
	__u32 number = BPF_CORE_READ(skb, mark) - XM_BENCH_COPY_MARK;

	if (number < XM_BENCH_MAX_COPIES && xm_bench_is_here(BPF_CORE_READ(skb, dev)))
		xm_bench_note(XM_BENCH_FREED, (__s32)((__u32)ctx->args[2] << 16 | number), 1);
	return 0;
}

/* (from_dev, to_dev, sent, drops, err) */
SEC("raw_tp/xdp_devmap_xmit")
int xm_bench_xmit(struct bpf_raw_tracepoint_args *ctx)
{
	if ((__s32)ctx->args[3] > 0 && xm_bench_is_here((void *)ctx->args[0]))
		xm_bench_note(XM_BENCH_XMIT_DROPS, (__s32)ctx->args[4], (__u32)ctx->args[3]);
	return 0;
}

/* (dev, prog, target, err, ...); for maps too, wherever there is no xdp_redirect_map_err (seen: 6.18) */
SEC("raw_tp/xdp_redirect_err")
int xm_bench_refused(struct bpf_raw_tracepoint_args *ctx)
{
	if (xm_bench_is_here((void *)ctx->args[0]))
		xm_bench_note(XM_BENCH_REFUSED, (__s32)ctx->args[3], 1);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
