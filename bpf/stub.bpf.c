// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The program that some drivers (virtio_net, in-tree ENA, gve) want on a NIC before they transmit
 * frames redirected to it. It passes everything.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("xdp.frags")
int xdpmirror_stub(struct xdp_md *xdp __attribute__((unused)))
{
	return XDP_PASS;
}

char xm_license[] SEC("license") = "Dual BSD/GPL";
