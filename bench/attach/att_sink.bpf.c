// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The far end: tells for each packet which generation every mark of it names, and drops it. */
#include "bench/attach/attach_layout.h"
#include "bench/attach/udp.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_att_tally);
} xm_att_tally SEC(".maps");

SEC("xdp")
int xm_att_sink(struct xdp_md *xdp)
{
	void *data = (void *)(long)xdp->data, *end = (void *)(long)xdp->data_end;
	struct udphdr *udp = xm_att_udp(data, end);
	struct xm_att_tally *t;
	struct ethhdr *ether = data;
	__u32 zero = 0, generation, address, by_mac;
	struct iphdr *ip;

	if (!udp)
		return XDP_DROP;
	ip = (void *)udp - sizeof(*ip);
	address = bpf_ntohl(ip->daddr);
	t = bpf_map_lookup_elem(&xm_att_tally, &zero);
	if (!t || address >> 16 != (10 << 8 | 77))
		return XDP_DROP;
	generation = address & 0xffff;
	by_mac = ether->h_dest[4] << 8 | ether->h_dest[5];

	t->packets++;
	if (udp->dest != bpf_htons(xm_att_port(generation)) || ip->ttl != xm_att_ttl(generation) ||
	    by_mac != generation)
		t->mixed++;
	if (generation != t->last) {
		t->switches++;
		if (generation < t->last)
			t->stale++;
		t->last = generation;
	}
	return XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
