// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The far end of every egress: holds each packet to one generation (marks.h), and drops it. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "selftests/endurance/marks.h"

const volatile __u32 sinks[XM_LOAD_SINKS]; /* ifindex; 0: unused */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XM_LOAD_SINKS);
	__type(key, __u32);
	__type(value, struct xm_load_tally);
} tallies SEC(".maps");

static __always_inline __u32 xm_load_device(__u32 ifindex)
{
#pragma unroll
	for (__u32 i = 1; i < XM_LOAD_SINKS; i++) {
		if (sinks[i] == ifindex)
			return i;
	}
	return 0;
}

/* The UDP header of an IPv4 frame without options to a collector of ours, or NULL. */
static __always_inline struct udphdr *xm_load_udp(void *frame, void *end)
{
	struct ethhdr *ether = frame;
	struct iphdr *ip = (void *)(ether + 1);
	struct udphdr *udp = (void *)(ip + 1);
	__u32 address;

	if ((void *)(udp + 1) > end || ether->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 ||
	    ip->protocol != IPPROTO_UDP)
		return NULL;
	address = bpf_ntohl(ip->daddr);
	if (address >> 24 != 10 || (address >> 16 & 0xff) < XM_MARK_FIXED ||
	    (address >> 16 & 0xff) >= XM_MARK_END)
		return NULL;
	return udp;
}

static __always_inline void xm_load_judge(struct xm_load_tally *t, __u8 *mac, struct iphdr *ip,
					  struct udphdr *udp, __u32 device)
{
	__u32 address = bpf_ntohl(ip->daddr), generation = address & 0xffff;
	__u32 by_mac = mac[4] << 8 | mac[5];
	int fixed = (address >> 16 & 0xff) < XM_MARK_RESOLVED;
	int marked = mac[0] == 0x02 && mac[1] == 0x77;
	int port = udp->dest != bpf_htons(xm_mark_port(generation));
	int wrong_mac = fixed != marked || (fixed && by_mac != generation);
	int wrong_device = fixed && marked && mac[2] != device;

	t->packets++;
	t->mixed += port || wrong_mac || wrong_device;
	t->mixed_port += port;
	t->mixed_mac += wrong_mac;
	t->mixed_device += wrong_device;
	if (generation != t->last) {
		t->switches++;
		t->stale += generation < t->last;
		t->last = generation;
	}
}

SEC("xdp")
int xm_load_sink(struct xdp_md *xdp)
{
	void *data = (void *)(long)xdp->data, *end = (void *)(long)xdp->data_end;
	__u32 device = xm_load_device(xdp->ingress_ifindex);
	struct xm_load_tally *t = bpf_map_lookup_elem(&tallies, &device);
	struct udphdr *udp = xm_load_udp(data, end);

	if (!t)
		return XDP_DROP;
	if (!udp) {
		t->other++;
		return XDP_PASS;
	}
	xm_load_judge(t, data, (void *)udp - sizeof(struct iphdr), udp, device);
	return XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
