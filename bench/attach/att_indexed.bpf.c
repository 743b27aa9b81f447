// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One program for all generations: the index is read once for each packet and everything after it
 * comes from that slot. Settings are rows of a table here, since the program stays as it is.
 */
#include "bench/attach/pipeline.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} xm_att_active SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, XM_ATT_SLOTS);
	__type(key, __u32);
	__type(value, struct xm_att_settings);
} xm_att_setting SEC(".maps");

/* Inner tables by sizes: clang leaves types that only an inner table names out of the BTF. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, XM_ATT_SLOTS);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_HASH);
		__uint(max_entries, XM_ATT_RULES);
		__uint(key_size, sizeof(struct xm_att_key));
		__uint(value_size, sizeof(struct xm_att_rule));
	});
} xm_att_rules_of SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, XM_ATT_SLOTS);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(max_entries, XM_ATT_HOPS);
		__uint(key_size, sizeof(__u32));
		__uint(value_size, sizeof(struct xm_att_hop));
	});
} xm_att_hops_of SEC(".maps");

/* Half of the keys belong to each slot. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, XM_ATT_SLOTS * XM_ATT_HOPS);
	__type(key, __u32);
	__type(value, __u32);
} xm_att_egress SEC(".maps");

SEC("xdp")
int xm_att_indexed(struct xdp_md *xdp)
{
	struct xm_att_settings *settings;
	struct xm_att_pkt p = {};
	struct xm_att_rule *rule;
	struct xm_att_hop *hop;
	__u32 zero = 0, *active, slot, row;
	void *rules, *hops;

	active = bpf_map_lookup_elem(&xm_att_active, &zero);
	if (!active)
		return XDP_ABORTED;
	slot = *(volatile __u32 *)active;
	settings = bpf_map_lookup_elem(&xm_att_setting, &slot);
	if (!settings)
		return XDP_ABORTED;
	if (xm_att_parse(&p, xdp, settings->decap)) {
		xm_att_count(XM_ATT_NOT_OURS);
		return XDP_PASS;
	}
	xm_att_count(XM_ATT_RECEIVED);
	if (p.vni != settings->vni)
		return xm_att_drop(XM_ATT_NO_VNI);
	rules = bpf_map_lookup_elem(&xm_att_rules_of, &slot);
	hops = bpf_map_lookup_elem(&xm_att_hops_of, &slot);
	if (!rules || !hops)
		return XDP_ABORTED;
	rule = bpf_map_lookup_elem(rules, &p.key);
	if (!rule)
		return xm_att_drop(XM_ATT_NO_RULE);
	row = rule->hop;
	hop = bpf_map_lookup_elem(hops, &row);
	if (!hop)
		return xm_att_drop(XM_ATT_NO_HOP);
	return xm_att_send(&p, rule, hop, settings->ttl, &xm_att_egress);
}

char _license[] SEC("license") = "Dual BSD/GPL";
