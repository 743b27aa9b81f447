/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds the UDP header where the bench frame has one; the caller checks what lies behind it. */
#ifndef XM_ATTACH_UDP_BPF_H
#define XM_ATTACH_UDP_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* The UDP header of an IPv4 frame without options, or NULL. */
static __always_inline struct udphdr *xm_att_udp(void *frame, void *end)
{
	struct ethhdr *ether = frame;
	struct iphdr *ip = (void *)(ether + 1);
	struct udphdr *udp = (void *)(ip + 1);

	if ((void *)(udp + 1) > end || ether->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 ||
	    ip->protocol != IPPROTO_UDP)
		return NULL;
	return udp;
}

#endif
