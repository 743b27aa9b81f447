// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a tc program behind the kernel's vxlan device does at the least: matches one port, rewrites
 * destination address, port, both sums and MACs, and redirects to the egress. It counts nothing.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "bench/rewrite.bpf.h"

const volatile __be16 match_port;
const volatile __be32 to_address;
const volatile __be16 to_port;
const volatile __u32 out_ifindex;
struct ethhdr to_ether; /* not const: a copy of a constant struct would be folded to zeros */

SEC("tc")
int xm_bench_tc(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ethhdr *ether = data;
	struct iphdr *ip = data + sizeof(*ether);
	struct udphdr *udp = (void *)(ip + 1);

	if ((void *)(udp + 1) > end || ether->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 ||
	    ip->protocol != IPPROTO_UDP || udp->dest != match_port)
		return TC_ACT_SHOT;

	xm_bench_rewrite(ether, to_address, to_port, &to_ether);
	return bpf_redirect(out_ifindex, 0);
}

char _license[] SEC("license") = "Dual BSD/GPL";
