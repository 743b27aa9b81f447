/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the data plane remembers from packet to packet, shared by every program of one attachment. */
#ifndef XM_MEMORY_BPF_H
#define XM_MEMORY_BPF_H

#include "bpf/config.bpf.h"
#include "maps/slot.h"

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
	__uint(max_entries, XM_MEMORY_PARTS);
	__type(key, __u32);
	__array(values, struct xm_fragment_part);
} xm_fragments SEC(".maps") = {
	.values = {&xm_fragments0, &xm_fragments1, &xm_fragments2, &xm_fragments3, &xm_fragments4,
		   &xm_fragments5, &xm_fragments6, &xm_fragments7},
};

/* A ring for each part, so that a flood of templates from one sender leaves room for those of others. */
struct xm_template_part {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, XM_TEMPLATE_RING);
};

struct xm_template_part xm_templates0 SEC(".maps"), xm_templates1 SEC(".maps"),
	xm_templates2 SEC(".maps"), xm_templates3 SEC(".maps"), xm_templates4 SEC(".maps"),
	xm_templates5 SEC(".maps"), xm_templates6 SEC(".maps"), xm_templates7 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, XM_MEMORY_PARTS);
	__type(key, __u32);
	__array(values, struct xm_template_part);
} xm_templates SEC(".maps") = {
	.values = {&xm_templates0, &xm_templates1, &xm_templates2, &xm_templates3, &xm_templates4,
		   &xm_templates5, &xm_templates6, &xm_templates7},
};

/* The part of a memory that a packet may fill: by its sender. In Geneve that is one of several balancers, so
 * the VNI chooses.
 */
static __always_inline __u32 xm_memory_part(const struct xm_pkt *p)
{
	const __be32 *sender = p->sender;

	if (xm_feature(p, XM_FEATURE_GENEVE) && p->way == XM_WAY_GENEVE)
		return xm_own_bit(p->vni) % XM_MEMORY_PARTS;
	return xm_own_bit(sender[0] ^ sender[1] ^ sender[2] ^ sender[3]) % XM_MEMORY_PARTS;
}

#endif
