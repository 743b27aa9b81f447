// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A stable entry that calls whichever pipeline is in the slot. A packet falls through when the slot is
 * empty, and is then counted and dropped.
 */
#include "bench/attach/pipeline.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} xm_att_slot SEC(".maps");

SEC("xdp")
int xm_att_entry(struct xdp_md *xdp)
{
	bpf_tail_call_static(xdp, &xm_att_slot, 0);
	xm_att_count(XM_ATT_NO_PROGRAM);
	return XDP_ABORTED;
}

char _license[] SEC("license") = "Dual BSD/GPL";
