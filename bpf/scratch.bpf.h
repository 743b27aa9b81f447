/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Working space of the rare stages that the 512 bytes of stack do not hold. Means nothing between two
 * packets.
 */
#ifndef XM_SCRATCH_BPF_H
#define XM_SCRATCH_BPF_H

#include "bpf/packet.bpf.h"

#define XM_PIECE 512 /* bytes; bpf_csum_diff takes no more at once */

/* A rare packet as global functions know it (parse_inner.bpf.h says why). The fields are those of struct
 * xm_pkt.
 */
struct xm_inner {
	__u32 way;
	__u32 grant_end;
	__u32 source;
	__u32 policy;
	__u32 family;
	__u32 inner_offset;
	__u32 inner_len;
	__u32 transport;
	__u32 l4_offset;
	__u32 l4_bytes;
	__u32 protocol;
	__u32 port;
	__u32 from_port;
	__u32 fragment;
	__be32 fragment_id;
	__u32 truncated;
	__be32 from[4]; /* IPv4 in from[0] */
	__be32 to[4];
	__be32 sender[4]; /* that fragments of one datagram share: see struct xm_fragment_key */
	__u32 vni;
	__u32 part;      /* of xm_fragments */
	__u32 sum_diff;  /* what the new destination address adds to a sum */
	__be16 new_port; /* 0: keep */
};

struct xm_scratch {
	__u8 piece[XM_PIECE + 8];
	struct xm_inner inner;
	struct bpf_fib_lookup route;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_scratch);
} xm_scratch SEC(".maps");

#endif
