/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Somebody else's XDP program: passes everything, and stands in the way. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int occupant(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
