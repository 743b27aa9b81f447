/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the data plane remembers from packet to packet, shared by every program of one attachment. */
#ifndef XM_MEMORY_BPF_H
#define XM_MEMORY_BPF_H

#include "bpf/packet.bpf.h"

/* Fragments of one datagram may come on different CPUs, so the tables are shared, not per CPU. */
struct xm_fragment_part {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, XM_MAX_FRAGMENTS);
	__type(key, struct xm_fragment_key);
	__type(value, struct xm_fragment);
};

struct xm_fragment_part xm_fragments0 SEC(".maps"), xm_fragments1 SEC(".maps"),
	xm_fragments2 SEC(".maps"), xm_fragments3 SEC(".maps"), xm_fragments4 SEC(".maps"),
	xm_fragments5 SEC(".maps"), xm_fragments6 SEC(".maps"), xm_fragments7 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, XM_FRAGMENT_PARTS);
	__type(key, __u32);
	__array(values, struct xm_fragment_part);
} xm_fragments SEC(".maps") = {
	.values = {&xm_fragments0, &xm_fragments1, &xm_fragments2, &xm_fragments3, &xm_fragments4,
		   &xm_fragments5, &xm_fragments6, &xm_fragments7},
};

#endif
