// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The least that a program of each kind does, to ask a dispatcher whether it takes the kind. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} xm_att_slot SEC(".maps");

SEC("xdp")
int xm_att_pass(struct xdp_md *xdp __attribute__((unused)))
{
	return XDP_PASS;
}

SEC("xdp")
int xm_att_head(struct xdp_md *xdp)
{
	return bpf_xdp_adjust_head(xdp, 50) ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int xm_att_tail(struct xdp_md *xdp)
{
	bpf_tail_call_static(xdp, &xm_att_slot, 0);
	return XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
