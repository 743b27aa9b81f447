// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Runs the program in `target` on a whole frame each time, in repeated program runs, where the kernel
 * itself would hand it what the run before has left. Every run pays the same for this, so that
 * differences between runs are the target's.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "bench/frame.bpf.h"

const volatile __u32 frame_bytes;

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} target SEC(".maps");

__u32 next_flow;

SEC("xdp.frags")
int xm_bench_stage(struct xdp_md *xdp)
{
	long present = (void *)(long)xdp->data_end - (void *)(long)xdp->data;

	/* clang 19 would subtract lower halves, which 6.18 refuses ("32-bit pointer arithmetic
	 * prohibited"); hiding the difference keeps it whole
	 */
	asm volatile("" : "+r"(present));
	if (bpf_xdp_adjust_head(xdp, (int)(present - frame_bytes)) ||
	    xm_bench_write((void *)(long)xdp->data, (void *)(long)xdp->data_end, next_flow++))
		return XDP_ABORTED;
	bpf_tail_call(xdp, &target, 0);
	return XDP_ABORTED;
}

/* The target that costs nothing: what is measured with it is the harness. */
SEC("xdp.frags")
int xm_bench_none(struct xdp_md *xdp)
{
	(void)xdp;
	return XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
