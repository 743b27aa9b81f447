/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Puts a flow's headers into a frame. All of them are written every time, because frame memory is
 * used again and whoever had it before has changed it.
 */
#ifndef XM_BENCH_FRAME_BPF_H
#define XM_BENCH_FRAME_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "bench/frame.h"

const volatile __u64 head[XM_BENCH_HEAD_WORDS]; /* the first bytes of every frame */
const volatile __u32 flow_mask;                 /* number of flows, a power of two, less one */
struct xm_bench_flow flows[XM_BENCH_MAX_FLOWS];

static __always_inline int xm_bench_write(void *data, void *data_end, __u32 number)
{
	struct xm_bench_flow *flow = &flows[number & flow_mask & (XM_BENCH_MAX_FLOWS - 1)];
	__u64 *word = data;

	if (data + XM_BENCH_HEAD_WORDS * 8 > data_end)
		return -1;
#pragma unroll
	for (int i = 0; i < XM_BENCH_HEAD_WORDS; i++)
		word[i] = head[i];

	*(__be16 *)(data + XM_BENCH_OUTER_IP + 10) = flow->outer_ip_sum;
	*(__be32 *)(data + XM_BENCH_OUTER_IP + 12) = flow->outer_source;
	*(__be16 *)(data + XM_BENCH_OUTER_UDP) = flow->outer_port;
	*(__be16 *)(data + XM_BENCH_INNER_IP + 10) = flow->inner_ip_sum;
	*(__be32 *)(data + XM_BENCH_INNER_IP + 12) = flow->inner_source;
	*(__be16 *)(data + XM_BENCH_INNER_UDP) = flow->inner_port;
	*(__be16 *)(data + XM_BENCH_INNER_UDP + 6) = flow->inner_udp_sum;
	return 0;
}

#endif
