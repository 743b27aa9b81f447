// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The pipeline of a later version: longer rules and a table that the earlier one did not have. */
#include "bench/attach/own_tables.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, XM_ATT_RULES);
	__type(key, struct xm_att_key);
	__type(value, struct xm_att_wide_rule);
} xm_att_rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct xm_att_key);
	__type(value, __u64);
} xm_att_new SEC(".maps");

SEC("xdp")
int xm_att_wide(struct xdp_md *xdp)
{
	struct xm_att_key none = {};

	/* nothing is in the new table; the lookup is what makes the program use it */
	if (bpf_map_lookup_elem(&xm_att_new, &none))
		return XDP_ABORTED;
	return xm_att_run(xdp, &xm_att_rules);
}

char _license[] SEC("license") = "Dual BSD/GPL";
