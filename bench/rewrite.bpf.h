/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the bench's own programs do to a datagram at the least: another destination, both sums by their
 * difference, and other MACs.
 */
#ifndef XM_BENCH_REWRITE_BPF_H
#define XM_BENCH_REWRITE_BPF_H

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>

/* RFC 1624 equation 3, over two 16-bit words at once. */
static __always_inline __u16 xm_bench_replace(__u16 sum, __be32 from, __be32 to)
{
	__s64 diff = bpf_csum_diff(&from, sizeof(from), &to, sizeof(to), (__u16)~sum);

	diff = (diff & 0xffff) + ((__u64)diff >> 16);
	diff = (diff & 0xffff) + (diff >> 16);
	return (__u16)~diff;
}

/* The three headers are in one piece, and IPv4 without options: the caller has looked. */
static __always_inline void xm_bench_rewrite(struct ethhdr *ether, __be32 address, __be16 port,
					     const struct ethhdr *to_ether)
{
	struct iphdr *ip = (void *)(ether + 1);
	struct udphdr *udp = (void *)(ip + 1);

	if (udp->check) {
		udp->check = xm_bench_replace(udp->check, ip->daddr, address);
		udp->check = xm_bench_replace(udp->check, udp->dest, port);
		if (!udp->check)
			udp->check = 0xffff;
	}
	ip->check = xm_bench_replace(ip->check, ip->daddr, address);
	ip->daddr = address;
	udp->dest = port;
	*ether = *to_ether;
}

#endif
