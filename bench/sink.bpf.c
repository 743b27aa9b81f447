// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The far end: counts every frame as expected or wrong and drops it. One frame in `sample_every` is
 * looked at whole: its UDP checksum, and which exporter it names. In XDP behind the device, or, for a
 * device without Ethernet header, in tc before it.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "bench/frame.h"

const volatile __be32 expect_address; /* under the mask */
const volatile __be32 address_mask;
const volatile __be16 expect_port;
const volatile __u32 expect_bytes;    /* the frame's length */
const volatile __u32 ip_at;           /* 14 behind an Ethernet header, else 0 */
const volatile __u32 first_exporter;  /* host order */
const volatile __u32 exporter_count;
const volatile __u32 datagram_bytes;  /* UDP header and payload; 0: nothing to sum */
const volatile __u32 sample_every;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_bench_tally);
} tally SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XM_BENCH_MAX_FLOWS);
	__type(key, __u32);
	__type(value, __u64);
} exporters SEC(".maps");

/* The sum of all 16-bit words of the datagram and its pseudo-header; right is 0xffff. */
static __always_inline __u32 xm_bench_sum(struct iphdr *ip, struct udphdr *udp, __u32 bytes)
{
	__s64 sum = bpf_csum_diff(NULL, 0, (__be32 *)&ip->saddr, 8, bpf_htons(IPPROTO_UDP));

	sum = bpf_csum_diff(NULL, 0, (__be32 *)udp, bytes, sum);
	sum += udp->len;
	sum = (sum & 0xffff) + ((__u64)sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static __always_inline void xm_bench_check(struct xm_bench_tally *t, struct iphdr *ip,
					   struct udphdr *udp, void *end)
{
	__u32 number = bpf_ntohl(ip->saddr) - first_exporter;
	__u32 bytes = datagram_bytes;
	__u64 *count;

	t->checked++;
	if (bytes == 0)
		return;
	if (bytes > 512 || (void *)udp + bytes > end || number >= exporter_count ||
	    xm_bench_sum(ip, udp, bytes) != 0xffff) {
		t->bad_sum++;
		return;
	}
	count = bpf_map_lookup_elem(&exporters, &number);
	if (count)
		++*count;
}

static __always_inline void xm_bench_judge(void *data, void *end, __u32 bytes)
{
	struct ethhdr *ether = data;
	struct iphdr *ip = data + ip_at;
	struct udphdr *udp = (void *)(ip + 1);
	__u32 zero = 0;
	struct xm_bench_tally *t = bpf_map_lookup_elem(&tally, &zero);

	if (!t)
		return;
	if ((void *)(udp + 1) > end || bytes != expect_bytes ||
	    (ip_at && ether->h_proto != bpf_htons(ETH_P_IP)) || ip->protocol != IPPROTO_UDP ||
	    (ip->daddr & address_mask) != expect_address || udp->dest != expect_port) {
		t->wrong++;
		return;
	}
	if (t->packets++ % sample_every == 0)
		xm_bench_check(t, ip, udp, end);
}

SEC("xdp")
int xm_bench_count(struct xdp_md *xdp)
{
	void *data = (void *)(long)xdp->data, *end = (void *)(long)xdp->data_end;

	xm_bench_judge(data, end, end - data);
	return XDP_DROP;
}

SEC("tc")
int xm_bench_count_tc(struct __sk_buff *skb)
{
	xm_bench_judge((void *)(long)skb->data, (void *)(long)skb->data_end, skb->len);
	return TC_ACT_STOLEN; /* freed as a packet that was sent, not as one that was dropped */
}

char _license[] SEC("license") = "Dual BSD/GPL";
