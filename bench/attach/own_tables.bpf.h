/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tables of a program that is one configuration: loaded anew with it, freed with it. The rule
 * table is the including program's, because its value is what a change of layout changes.
 */
#ifndef XM_ATTACH_OWN_TABLES_BPF_H
#define XM_ATTACH_OWN_TABLES_BPF_H

#include "bench/attach/pipeline.bpf.h"

const volatile struct xm_att_settings settings;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, XM_ATT_HOPS);
	__type(key, __u32);
	__type(value, struct xm_att_hop);
} xm_att_hops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, XM_ATT_HOPS);
	__type(key, __u32);
	__type(value, __u32);
} xm_att_egress SEC(".maps");

/* `rules` may hold any value that begins with struct xm_att_rule. */
static __always_inline int xm_att_run(struct xdp_md *xdp, void *rules)
{
	struct xm_att_pkt p = {};
	struct xm_att_rule *rule;
	struct xm_att_hop *hop;
	__u32 row;

	if (xm_att_parse(&p, xdp, settings.decap)) {
		xm_att_count(XM_ATT_NOT_OURS);
		return XDP_PASS;
	}
	xm_att_count(XM_ATT_RECEIVED);
	if (p.vni != settings.vni)
		return xm_att_drop(XM_ATT_NO_VNI);
	rule = bpf_map_lookup_elem(rules, &p.key);
	if (!rule)
		return xm_att_drop(XM_ATT_NO_RULE);
	row = rule->hop;
	hop = bpf_map_lookup_elem(&xm_att_hops, &row);
	if (!hop)
		return xm_att_drop(XM_ATT_NO_HOP);
	return xm_att_send(&p, rule, hop, settings.ttl, &xm_att_egress);
}

#endif
