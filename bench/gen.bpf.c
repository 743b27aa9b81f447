// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The generator's program, run on live frames: makes each frame the next flow's and sends it out
 * of the one device in the map.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "bench/frame.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} out_device SEC(".maps");

__u64 sent; /* one CPU runs the generator */

SEC("xdp")
int xm_bench_send(struct xdp_md *xdp)
{
	if (xm_bench_write((void *)(long)xdp->data, (void *)(long)xdp->data_end, sent++))
		return XDP_ABORTED;
	return bpf_redirect_map(&out_device, 0, 0);
}

char _license[] SEC("license") = "Dual BSD/GPL";
