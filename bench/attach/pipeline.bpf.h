/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A small pipeline of the product's kind: parse VXLAN, look the exporter up, rewrite address, port,
 * TTL and checksums, strip the outer headers, redirect. What differs between the mechanisms is only
 * where its tables and settings come from, so each program looks them up itself.
 */
#ifndef XM_ATTACH_PIPELINE_BPF_H
#define XM_ATTACH_PIPELINE_BPF_H

#include "bench/attach/attach_layout.h"
#include "bench/attach/udp.bpf.h"
#include "bpf/checksum.bpf.h"

#define XM_ATT_VXLAN_PORT 4789

struct xm_att_pkt {
	struct xdp_md *xdp;
	struct iphdr *ip; /* inner; stale after xm_att_finish */
	struct udphdr *udp;
	__u32 strip;      /* bytes before the inner Ethernet header */
	__u32 vni;
	struct xm_att_key key;
};

/* Shared by every generation: reloads neither lose nor reset a count. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XM_ATT_COUNTS);
	__type(key, __u32);
	__type(value, __u64);
} xm_att_counts SEC(".maps");

static __always_inline void xm_att_count(__u32 what)
{
	__u64 *count = bpf_map_lookup_elem(&xm_att_counts, &what);

	if (count)
		++*count;
}

static __always_inline int xm_att_drop(__u32 why)
{
	xm_att_count(why);
	return XDP_DROP;
}

/* Returns 0 and the key to look up, or -1: not ours. */
static __always_inline int xm_att_parse(struct xm_att_pkt *p, struct xdp_md *xdp, __u8 decap)
{
	void *data = (void *)(long)xdp->data, *end = (void *)(long)xdp->data_end;
	struct udphdr *udp = xm_att_udp(data, end);

	if (!udp)
		return -1;
	p->xdp = xdp;
	p->strip = 0;
	p->vni = 0;
	if (decap) {
		__be32 *vxlan = (void *)(udp + 1);

		if (udp->dest != bpf_htons(XM_ATT_VXLAN_PORT) || (void *)(vxlan + 2) > end)
			return -1;
		p->vni = bpf_ntohl(vxlan[1]) >> 8;
		p->strip = (void *)(vxlan + 2) - data;
		udp = xm_att_udp(vxlan + 2, end);
		if (!udp)
			return -1;
	}
	p->udp = udp;
	p->ip = (void *)udp - sizeof(*p->ip);
	p->key.vni = p->vni;
	p->key.exporter = p->ip->saddr;
	return 0;
}

static __always_inline void xm_att_rewrite(struct xm_att_pkt *p, const struct xm_att_rule *rule,
					   __u8 ttl)
{
	struct iphdr *ip = p->ip;
	__u32 diff = xm_csum_diff32(ip->daddr, rule->addr);

	if (p->udp->check)
		p->udp->check = xm_csum_apply(p->udp->check,
					      diff + xm_csum_diff16(p->udp->dest, rule->udp_port));
	p->udp->dest = rule->udp_port;
	ip->daddr = rule->addr;
	diff += xm_csum_diff16(bpf_htons(ip->ttl << 8), bpf_htons(ttl << 8));
	ip->ttl = ttl;
	ip->check = xm_csum_apply(ip->check, diff);
}

/* Strips and addresses the frame. Returns 0, or -1 when the frame cannot be shortened. */
static __always_inline int xm_att_finish(struct xm_att_pkt *p, const struct xm_att_hop *hop)
{
	struct ethhdr *ether;

	if (p->strip && bpf_xdp_adjust_head(p->xdp, (int)p->strip))
		return -1;
	ether = (void *)(long)p->xdp->data;
	if ((void *)(ether + 1) > (void *)(long)p->xdp->data_end)
		return -1;
	__builtin_memcpy(ether->h_dest, hop->to, ETH_ALEN);
	__builtin_memcpy(ether->h_source, hop->from, ETH_ALEN);
	ether->h_proto = bpf_htons(ETH_P_IP);
	return 0;
}

/* From a rule and a next hop, found by the caller in whatever tables are its own, to the verdict. */
static __always_inline int xm_att_send(struct xm_att_pkt *p, const struct xm_att_rule *rule,
				       const struct xm_att_hop *hop, __u8 ttl, void *egress)
{
	__u32 device = hop->egress;

	xm_att_rewrite(p, rule, ttl);
	if (xm_att_finish(p, hop))
		return xm_att_drop(XM_ATT_NO_ROOM);
	xm_att_count(XM_ATT_FORWARDED);
	return bpf_redirect_map(egress, device, XDP_ABORTED);
}

#endif
