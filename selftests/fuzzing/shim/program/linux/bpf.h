/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's header, but frames may lie anywhere in the address space: the kernel's struct xdp_md has
 * 32 bits for what the program sees as pointers, and widens them when it loads the program.
 */
#ifndef XM_SHIM_LINUX_BPF_H
#define XM_SHIM_LINUX_BPF_H

#define xdp_md xdp_md_of_the_kernel
#include_next <linux/bpf.h>
#undef xdp_md

struct xdp_md {
	unsigned long data;
	unsigned long data_end;
	unsigned long data_meta;
	__u32 ingress_ifindex;
	__u32 rx_queue_index;
	__u32 egress_ifindex;
};

#endif
