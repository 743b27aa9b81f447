// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One configuration as one program: what a link holds itself, or what a stable entry calls. */
#include "bench/attach/own_tables.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, XM_ATT_RULES);
	__type(key, struct xm_att_key);
	__type(value, struct xm_att_rule);
} xm_att_rules SEC(".maps");

SEC("xdp")
int xm_att_whole(struct xdp_md *xdp)
{
	return xm_att_run(xdp, &xm_att_rules);
}

char _license[] SEC("license") = "Dual BSD/GPL";
